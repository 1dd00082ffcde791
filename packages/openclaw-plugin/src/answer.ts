import type { ToolResult } from './openclaw-api.ts'

/** What went wrong, as the hub puts it: a stable code, and what to do next. */
export interface ProblemWire {
  code: string
  message: string
  retryable: boolean
  next_step?: string
  [detail: string]: unknown
}

export type Body = Record<string, unknown>

/** What a tool answers. A problem is a normal result: the model can act on it, and nothing is thrown at it. */
export type Answer = { ok: true; body: Body } | { ok: false; error: ProblemWire }

export function success(body: Body): Answer {
  return { ok: true, body }
}

export function problem(
  code: string,
  message: string,
  nextStep: string,
  more: { retryable?: boolean; code?: never; message?: never; next_step?: never } & Body = {},
): Answer & { ok: false } {
  const { retryable = false, ...details } = more
  return { ok: false, error: { code, message, retryable, next_step: nextStep, ...details } }
}

/** The text is for the model. `details` reaches logs and pages, too: it names the outcome and nothing else. */
export function toToolResult(answer: Answer): ToolResult {
  return answer.ok
    ? { content: [{ type: 'text', text: JSON.stringify(answer.body) }], details: { outcome: 'done' } }
    : {
        content: [{ type: 'text', text: JSON.stringify({ error: answer.error }) }],
        details: { outcome: 'refused', code: answer.error.code },
      }
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
