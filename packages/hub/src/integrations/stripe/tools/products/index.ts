import type { StripeTool } from '../../define-tool.ts'

export const products: StripeTool[] = []
