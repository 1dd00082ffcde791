import { z } from 'zod'
import type { DeviceActor, PersonActor } from '../contract/actor.ts'
import { refuseCardNumbers } from '../contract/card-numbers.ts'
import { withoutConsentWords } from '../contract/consent-words.ts'
import { Problem } from '../contract/problem.ts'
import type { Hub } from './hub.ts'

/** One operation as every surface offers it: declared once, and routes, documents and tool lists derive from it. */
export interface Endpoint<Input, Actor> {
  /** The operation's name; for agents it is the tool's name. */
  name: string
  method: 'GET' | 'POST'
  /** Below `/api/v1`, with `{name}` for what the path holds of the input. */
  path: string
  summary: string
  input: z.ZodType<Input>
  /** What an answer holds, at its top and among others; nothing is required, so that a problem is one too. */
  output?: z.ZodType
  /** The media types of an answer that is no JSON; `run` then makes the whole response. */
  produces?: string[]
  run(hub: Hub, actor: Actor, input: Input): Promise<unknown>
}

export type DeviceEndpoint = Endpoint<unknown, DeviceActor>
export type PersonEndpoint = Endpoint<unknown, PersonActor>

/** Fixes the input's type where an endpoint is declared; the lists then hold them all as one type. */
export function deviceEndpoint<Schema extends z.ZodType>(
  endpoint: Omit<Endpoint<z.infer<Schema>, DeviceActor>, 'input'> & { input: Schema },
): DeviceEndpoint {
  return endpoint
}

export function personEndpoint<Schema extends z.ZodType>(
  endpoint: Omit<Endpoint<z.infer<Schema>, PersonActor>, 'input'> & { input: Schema },
): PersonEndpoint {
  return endpoint
}

/** Strictly checks an input: an unknown field is an error that names it, and consent words are nothing at all. */
export function parseInput<Input>(
  endpoint: { name: string; input: z.ZodType<Input> },
  given: Record<string, unknown>,
): Input {
  refuseCardNumbers(given)
  const parsed = endpoint.input.safeParse(withoutConsentWords(given))
  if (parsed.success) return parsed.data
  const violations = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.join('.'),
    rule: issue.code,
    message: issue.message,
  }))
  const [first] = violations
  throw new Problem(
    'invalid_params',
    `The input of ${endpoint.name} is not right: ${first === undefined ? '' : [first.path, first.message].filter(Boolean).join(': ')}`,
    { nextStep: 'Correct the fields; /api/v1/openapi.json describes them.', details: { violations } },
  )
}
