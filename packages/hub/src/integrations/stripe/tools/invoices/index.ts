import type { StripeTool } from '../../define-tool.ts'

export const invoices: StripeTool[] = []
