import { NotPaired, readCredentials, type ChatAnswer, type DeviceClient } from '@clawlink/client'
import { isObject, problem, success, type Answer, type Body, type ProblemWire } from './answer.ts'

/** Where the hub takes what: in the path, in the query, or in the body. */
export interface Endpoint {
  method: string
  path: string
}

export interface HubOptions {
  client: DeviceClient
  credentialsFile: string
  /** The hub that the config names, if it names one: what was meant for one hub must not go to another. */
  configuredHub: string | undefined
  /** Completes a pairing that a person has approved meanwhile. */
  finishPairing(): Promise<boolean>
}

/** The hub's API as this device. Whatever happens is an answer. */
export interface Hub {
  ask(endpoint: Endpoint, input: Body, signal?: AbortSignal): Promise<Answer>
  /** Passes on what a person said in a chat. Only the approval hook comes here. */
  attest(said: ChatAnswer, signal?: AbortSignal): Promise<Answer>
}

/** Longer than the hub itself waits for a write or a decision. */
const ANSWER_TIMEOUT_MS = 90_000

export function createHub(options: HubOptions): Hub {
  const { client, credentialsFile, configuredHub } = options

  const ask: Hub['ask'] = async (endpoint, input, signal) => {
    const request = requestOf(endpoint, input)
    if ('ok' in request) return request
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    try {
      await checkHub(credentialsFile, configuredHub)
      const response = await client.request(endpoint.method, request.path, request.body, either)
      return readAnswer(response.status, await response.text())
    } catch (error) {
      if (error instanceof NotPaired) return notPaired(error.message)
      return unreachable(error, input)
    }
  }

  return {
    async ask(endpoint, input, signal) {
      const answer = await ask(endpoint, input, signal)
      const isStranger = !answer.ok && answer.error.code === 'not_paired'
      return isStranger && (await options.finishPairing()) ? ask(endpoint, input, signal) : answer
    },
    async attest(said, signal) {
      try {
        const response = await client.attest(said, signal)
        return readAnswer(response.status, await response.text())
      } catch (error) {
        return error instanceof NotPaired ? notPaired(error.message) : unreachable(error, {})
      }
    },
  }
}

async function checkHub(credentialsFile: string, configured: string | undefined): Promise<void> {
  if (configured === undefined) return
  const { hub } = await readCredentials(credentialsFile)
  if (hub !== URL.parse(configured)?.origin) {
    throw new NotPaired(`This gateway is paired with ${hub}, but its config names ${configured}.`)
  }
}

type Request = { path: string; body: Body | undefined }

function requestOf({ method, path }: Endpoint, input: Body): Request | (Answer & { ok: false }) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const inUrl = method === 'GET' ? [...inPath, ...Object.keys(input)] : inPath
  const texts = new Map(inUrl.map((name) => [name, asText(input[name])]))
  const wrong = inUrl.find((name) => {
    const text = texts.get(name)
    return text === undefined || (inPath.includes(name) && isClimbing(text))
  })
  if (wrong !== undefined) {
    return problem('invalid_params', `"${wrong}" is not right.`, 'Give it as the schema of this tool says.')
  }
  const filled = `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(texts.get(name) ?? ''))}`
  if (method !== 'GET') {
    return {
      path: filled,
      body: Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.includes(name))),
    }
  }
  const query = new URLSearchParams()
  for (const [name, text] of texts) if (!inPath.includes(name)) query.set(name, text ?? '')
  return { path: query.size === 0 ? filled : `${filled}?${query.toString()}`, body: undefined }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** In a path these would lead to another endpoint. */
function isClimbing(text: string): boolean {
  return ['', '.', '..'].includes(text)
}

function readAnswer(status: number, text: string): Answer {
  const body = parseJson(text)
  if (status >= 200 && status < 300 && isObject(body)) return success(body)
  const error = isObject(body) ? body['error'] : undefined
  if (isProblem(error)) {
    return error.code === 'unauthenticated' ? notPaired(error.message) : { ok: false, error }
  }
  return problem(
    'not_a_hub',
    `The answer (HTTP ${status}) is not one of a ClawLink hub.`,
    'Tell the user to check the hub’s address, and what stands between it and this gateway.',
  )
}

function isProblem(error: unknown): error is ProblemWire {
  return isObject(error) && typeof error['code'] === 'string' && typeof error['message'] === 'string'
}

function notPaired(message: string): Answer {
  return problem(
    'not_paired',
    message,
    'Call clawlink_begin_pairing, and give the user the code and the link that it answers.',
  )
}

/** A call whose answer was lost may have been carried out. Calling its confirmation again cannot do it twice. */
function unreachable(error: unknown, input: Body): Answer {
  const reason = networkReason(error)
  const wasSent = reason !== 'ECONNREFUSED' && reason !== 'ENOTFOUND'
  const nextStep =
    wasSent && typeof input['confirmation'] === 'string'
      ? 'Call again with the same confirmation: it is carried out at most once.'
      : 'Tell the user to see that the hub runs (`clawlink serve`), then call again.'
  return problem('hub_unreachable', `The ClawLink hub did not answer (${reason}).`, nextStep, {
    retryable: true,
  })
}

/** The name of a failure, never its text: that can hold what was sent. */
function networkReason(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return at.name
  }
  return 'no answer'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
