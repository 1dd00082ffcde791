import type { StripeTool } from '../../define-tool.ts'

export const disputes: StripeTool[] = []
