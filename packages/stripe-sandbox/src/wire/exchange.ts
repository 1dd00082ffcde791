/** What can be asked of headers, fetch's or a socket's: one value by its name in lower case. */
export interface HeaderReader {
  get(name: string): string | null
}

/** A request, whichever way it came. */
export interface WireRequest {
  readonly method: string
  readonly url: URL
  readonly headers: HeaderReader
  /** Gives the body piece by piece; what `take` throws ends the reading. Rejects when the body ends early. */
  read(take: (chunk: Uint8Array) => void): Promise<void>
}

/** What goes back over the wire. */
export interface WireAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string | Uint8Array
  /** The connection ends after half of the body, whatever the headers promise. */
  truncated?: true
}

/** The connection ends without an answer. */
export const DROPPED = 'dropped'

export type Answered = WireAnswer | typeof DROPPED

export type Handler = (request: WireRequest) => Promise<Answered>

/** A handler for some addresses; undefined where the address is another's. */
export type SideDoor = (request: WireRequest) => Promise<WireAnswer | undefined>

export function fromFetch(request: Request): WireRequest {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    async read(take) {
      for await (const chunk of request.body ?? []) take(chunk)
    },
  }
}

export function toFetch(answered: Answered): Response {
  if (answered === DROPPED) return Response.error()
  const { status, headers, body } = answered
  const sent = typeof body === 'string' ? body : new Uint8Array(body)
  // A redirect has no body, which fetch tells from an empty one.
  return new Response(sent.length === 0 ? null : sent, { status, headers })
}
