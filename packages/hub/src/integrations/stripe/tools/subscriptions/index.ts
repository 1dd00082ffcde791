import type { StripeTool } from '../../define-tool.ts'

export const subscriptions: StripeTool[] = []
