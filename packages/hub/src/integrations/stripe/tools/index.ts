import type { StripeTool } from '../define-tool.ts'
import { customers } from './customers/index.ts'
import { payments } from './payments/index.ts'

/** The curated tools, group by group, in the order in which they are listed. */
export const curatedTools: StripeTool[] = [...customers, ...payments]
