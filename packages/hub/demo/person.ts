/** A person with a browser's habits but no browser: keeps the cookie, sends the Origin, fills the forms it is shown. */
export interface Person {
  get(path: string): Promise<Response>
  /** Posts a form as the page at `from` holds it: with its CSRF token. */
  post(path: string, fields: Record<string, string>, from?: string): Promise<Response>
  /** The JSON API, with the session and its CSRF token. */
  api(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response>
  approve(confirmation: string, password?: string): Promise<Response>
  deny(confirmation: string, reason?: string): Promise<Response>
  cookie(): string
}

export const PASSWORD = 'correct horse battery staple'

/** Opens the set-up link and becomes the owner. */
export async function becomeOwner(hub: string, setupLink: string): Promise<Person> {
  const person = createPerson(hub)
  const token = new URL(setupLink).searchParams.get('token') ?? ''
  const response = await person.post('/setup', {
    token,
    name: 'Olivia Owner',
    email: 'olivia@example.com',
    password: PASSWORD,
  })
  if (response.status !== 303)
    throw new Error(`the set-up failed: ${response.status} ${await response.text()}`)
  return person
}

export function createPerson(hub: string): Person {
  let cookie = ''
  const keep = (response: Response): Response => {
    const set = response.headers.getSetCookie()[0]
    if (set !== undefined) cookie = set.split(';')[0] ?? ''
    return response
  }
  const send = async (path: string, init: RequestInit): Promise<Response> =>
    keep(
      await fetch(hub + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) },
      }),
    )
  const csrfOf = async (page: string): Promise<string> => {
    const text = await (await send(page, {})).text()
    return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
  }
  const person: Person = {
    cookie: () => cookie,
    get: (path) => send(path, {}),
    async post(path, fields, from) {
      const csrf = cookie === '' ? '' : await csrfOf(from ?? '/')
      return send(path, {
        method: 'POST',
        headers: { origin: hub, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf, ...fields }).toString(),
      })
    },
    async api(method, path, body) {
      return send(`/api/v1${path}`, {
        method,
        headers: {
          origin: hub,
          ...(method === 'POST'
            ? { 'content-type': 'application/json', 'x-csrf-token': await csrfOf('/') }
            : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    },
    async approve(confirmation, password) {
      const page = await (await send(`/confirmations/${confirmation}`, {})).text()
      const intentHash = /name="intent_hash" value="([^"]+)"/.exec(page)?.[1] ?? ''
      return person.post(
        `/confirmations/${confirmation}`,
        { decision: 'approve', intent_hash: intentHash, ...(password === undefined ? {} : { password }) },
        `/confirmations/${confirmation}`,
      )
    },
    deny: (confirmation, reason = '') =>
      person.post(
        `/confirmations/${confirmation}`,
        { decision: 'deny', reason },
        `/confirmations/${confirmation}`,
      ),
  }
  return person
}
