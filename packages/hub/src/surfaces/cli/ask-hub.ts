import type { ProblemWire } from '../../contract/problem.ts'
import type { DeviceEndpoint } from '../endpoint.ts'
import { pathNames } from '../http/openapi.ts'
import { createDeviceClient, NotPaired } from '@clawlink/client'
import { failure, HubRefusal, isNetworkError, networkReason } from './errors.ts'
import { EXIT, exitOfProblem, type ExitCode } from './exit-codes.ts'
import { pairedHub, type Settings } from './settings.ts'

export type Input = Record<string, unknown>
export type AskHub = (endpoint: DeviceEndpoint, input: Input, signal?: AbortSignal) => Promise<unknown>

/** Longer than the hub itself waits for a write or a decision. */
const ANSWER_TIMEOUT_MS = 90_000

/** The hub's API as the paired device: the JSON of its answer, or a `HubRefusal` with its error. */
export async function connectToHub(settings: Settings): Promise<AskHub> {
  await checkHubIsPaired(settings)
  const client = createDeviceClient({ credentialsFile: settings.credentialsFile })
  return async (endpoint, input, given) => {
    const { path, body } = requestOf(endpoint, input)
    try {
      const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
      const signal = given === undefined ? timeout : AbortSignal.any([given, timeout])
      const response = await client.request(endpoint.method, path, body, signal)
      return readAnswer(response.status, await response.text())
    } catch (error) {
      throw lostOnTheWay(error, input) ?? error
    }
  }
}

/** Credentials are for one hub: what was meant for another must not go to this one. */
async function checkHubIsPaired(settings: Settings): Promise<void> {
  if (settings.askedHub === undefined) return
  const paired = await pairedHub(settings)
  if (paired !== undefined && paired !== settings.askedHub) {
    throw new NotPaired(`This device is paired with ${paired}, not with ${settings.askedHub}.`)
  }
}

/** Where an endpoint wants its input: in the path, in the query, or in the body. */
export function requestOf(endpoint: DeviceEndpoint, input: Input): { path: string; body: Input | undefined } {
  const inPath = pathNames(endpoint.path)
  const rest = Object.entries(input).filter(([name]) => !inPath.includes(name))
  const path = `/api/v1${endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])))}`
  if (endpoint.method === 'POST') return { path, body: Object.fromEntries(rest) }
  const query = new URLSearchParams(rest.map(([name, value]) => [name, String(value)])).toString()
  return { path: query === '' ? path : `${path}?${query}`, body: undefined }
}

function readAnswer(status: number, text: string): unknown {
  const answer = parse(text)
  if (status >= 200 && status < 300 && answer !== undefined) return answer
  if (isProblem(answer)) throw new HubRefusal(answer, exitOf(status, answer.error.code))
  const { wire, exit } = failure(
    status === 401 ? EXIT.unauthenticated : EXIT.failed,
    'not_a_hub',
    `The answer (HTTP ${status}) is not one of a ClawLink hub.`,
    'Check the address, and what stands between here and the hub.',
  )
  throw new HubRefusal(wire, exit)
}

function exitOf(status: number, code: string): ExitCode {
  return status === 401 ? EXIT.unauthenticated : exitOfProblem(code)
}

/** A call whose answer was lost may have been carried out. Calling the same confirmation again cannot do it twice. */
function lostOnTheWay(error: unknown, input: Input): HubRefusal | undefined {
  const { confirmation } = input
  if (typeof confirmation !== 'string' || !isNetworkError(error)) return undefined
  const reason = networkReason(error)
  if (reason === 'ECONNREFUSED' || reason === 'ENOTFOUND') return undefined
  const { wire, exit } = failure(
    EXIT.unresolved,
    'hub_unreachable',
    `The hub's answer was lost (${reason}).`,
    `Run the same command again: ${confirmation} is carried out at most once.`,
  )
  return new HubRefusal(wire, exit)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(answer: unknown): answer is ProblemWire {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return false
  const { error } = answer
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    'message' in error &&
    typeof error.message === 'string'
  )
}
