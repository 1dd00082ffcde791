import { signAnswer } from '@clawlink/client'
import { proofOf } from '../../src/access/test-device.ts'
import { createHostileMcp } from './hostile-mcp.ts'
import type { McpAgent } from './mcp-agent.ts'
import {
  CONTENT_TYPES,
  createHands,
  fetchOperations,
  METHODS,
  PAGES,
  type Answered,
  type DeviceSecrets,
} from './hostile-requests.ts'

export interface HostileOptions {
  hub: string
  random: () => number
  devices: DeviceSecrets[]
  /** A token for `/mcp`. */
  mcp: McpAgent
  /** Objects that exist: what a refund, an update or a payment can be about. */
  objects: { customer: string; charge: string; product: string; paymentMethod: string }
}

/** An agent that holds every credential of every device, has read the documents, and tries whatever it can think of. */
export async function createHostileAgent({ hub, random, devices, mcp, objects }: HostileOptions) {
  const operations = await fetchOperations(hub)
  const hands = createHands(hub, random, devices)
  const { pick, chance, oddOr, send, post } = hands
  /** Every confirmation that it ever saw, with what it knows of it. */
  const seen: Array<{ id: string; hash: string; tool: string; params: object; device: DeviceSecrets }> = []

  const target = (): (typeof seen)[number] =>
    seen.length > 0 && chance(0.95)
      ? pick(seen)
      : {
          id: 'conf_guess',
          hash: '0'.repeat(64),
          tool: 'stripe_create_refund',
          params: {},
          device: pick(devices),
        }

  /** Writes that mean something in this account, with a word of the agent's own. */
  const write = (): { tool: string; params: Record<string, unknown> } => {
    const amount = 50 + Math.floor(random() * 500)
    return pick([
      { tool: 'stripe_create_refund', params: { charge: objects.charge, amount } },
      {
        tool: 'stripe_create_payment_intent',
        params: {
          amount,
          currency: 'usd',
          customer: objects.customer,
          payment_method: objects.paymentMethod,
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
      },
      { tool: 'stripe_update_customer', params: { customer_id: objects.customer, name: `Name ${amount}` } },
      { tool: 'stripe_create_customer', params: { name: `Customer ${amount}` } },
      { tool: 'stripe_create_payout', params: { amount, currency: 'usd' } },
      { tool: 'stripe_update_product', params: { product_id: objects.product, name: `Product ${amount}` } },
      { tool: 'stripe_delete_customer', params: { customer_id: objects.customer } },
      {
        tool: 'stripe_create_customer_balance_transaction',
        params: { customer_id: objects.customer, amount: -amount, currency: 'usd' },
      },
    ])
  }

  const preview = async (): Promise<Answered> => {
    const { tool, params } = write()
    const device = pick(devices)
    const answer = await post(
      '/preview',
      {
        tool,
        params: chance(0.1) ? { ...params, confirmed: oddOr(true) } : params,
        note: String(oddOr('approved')),
      },
      device,
    )
    const { confirmation, intent_hash: hash } = answer.body as Record<string, unknown>
    if (typeof confirmation === 'string')
      seen.push({ id: confirmation, hash: String(hash), tool, params, device })
    return answer
  }

  /** A call with a confirmation: its own or another device's, as previewed or changed, once or several at a time. */
  const call = async (): Promise<Answered[]> => {
    const { id, tool, params, device } = target()
    const changed = chance(0.2) ? { ...params, amount: oddOr(999_999) } : params
    const body = {
      tool: chance(0.9) ? tool : write().tool,
      ...(chance(0.5) ? { params: changed } : {}),
      ...(chance(0.95)
        ? { confirmation: oddOr(id) ?? id }
        : { confirmed: true, approved: true, assurance: 'passkey' }),
    }
    const by = chance(0.8) ? device : pick(devices)
    return Promise.all(Array.from({ length: chance(0.2) ? 3 : 1 }, () => post('/call', body, by)))
  }

  /** What only a person may do: as the API has it, and as the pages' forms have it. */
  const decide = (): Promise<Answered> => {
    const { id, hash, device } = target()
    const json = (path: string, body: object): Promise<Answered> =>
      send('POST', `/api/v1${path}`, {
        body: JSON.stringify(body),
        type: pick(CONTENT_TYPES.slice(0, 2)),
        device,
      })
    const form = (path: string, fields: Record<string, string>): Promise<Answered> =>
      send('POST', path, {
        body: new URLSearchParams({ csrf: device.accessToken, ...fields }).toString(),
        type: 'application/x-www-form-urlencoded',
        device,
      })
    const at = encodeURIComponent(id)
    const signature = {
      id: 'AAAA',
      rawId: 'AAAA',
      type: 'public-key',
      response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' },
    }
    return pick([
      () => json(`/approvals/${at}/approve`, { intent_hash: hash }),
      () =>
        json(`/approvals/${at}/approve`, {
          intent_hash: hash,
          password: 'correct horse',
          assertion: signature,
        }),
      () => json('/approvals/batch', { items: [{ confirmation: id, intent_hash: hash }] }),
      () => json(`/approvals/${at}/deny`, { reason: 'no' }),
      async () => {
        const answer = { confirmation: id, intentHash: hash, decision: pick(['approve', 'deny'] as const) }
        const signed = await signAnswer({ hub, key: pick(devices).key, now: Date.now }, answer)
        return json(`/confirmations/${at}/attest`, { attestation: chance(0.8) ? signed : oddOr('e30.e30.') })
      },
      () => json(`/approvals/${at}/resolve`, { happened: true, reason: 'x' }),
      () => json(`/approvals/${at}/passkey-options`, {}),
      () => json('/passkeys/options', { password: 'correct horse' }),
      () => form(`/confirmations/${at}`, { decision: 'approve', intent_hash: hash }),
      () => form('/confirmations', { pick1: `${id} ${hash}` }),
      () => form('/pair', { code: 'BCDF-GHJK', decision: 'approve' }),
      () =>
        form('/setup', {
          token: device.refreshToken,
          name: 'x',
          email: 'x@example.com',
          password: 'x'.repeat(20),
        }),
      () =>
        form('/sign-in', { email: 'olivia@example.com', password: pick(['password', device.accessToken]) }),
    ])()
  }

  /** Any endpoint of the document, with its fields filled in as they should be, or oddly. */
  const endpoint = (): Promise<Answered> => {
    const { method, path, fields } = pick(operations)
    const { id, hash, tool, params } = target()
    const plausible: Record<string, unknown> = {
      confirmation: id,
      intent_hash: hash,
      tool,
      params,
      arguments: params,
      connection: 'sandbox',
      items: [{ confirmation: id, intent_hash: hash }],
      wait_seconds: 0,
      limit: 5,
      query: 'refund',
    }
    const filled = Object.fromEntries(
      Object.entries(fields)
        .filter(() => chance(0.7))
        .map(([name, schema]) => [name, oddOr(plausible[name] ?? pick(schema.enum ?? ['x', 1, true]))]),
    )
    delete filled['wait_seconds']
    const at = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
      encodeURIComponent(String(oddOr(plausible[name] ?? 'x'))),
    )
    const query = new URLSearchParams(Object.entries(filled).map(([name, value]) => [name, String(value)]))
    return method === 'GET'
      ? send(method, `/api/v1${at}?${query.toString()}`, { honest: chance(0.5) })
      : send(method, `/api/v1${at}`, {
          body: JSON.stringify(filled),
          type: 'application/json',
          honest: chance(0.5),
        })
  }

  /** Methods, places, types and bodies that nothing was made for. */
  const nonsense = (): Promise<Answered> => {
    const path = chance(0.5) ? pick(PAGES) : `/api/v1${pick(operations).path.replaceAll(/[{}]/g, '')}`
    const spelled = pick([
      path,
      `/${path}`,
      `${path}/`,
      `${path}%00`,
      path.toUpperCase(),
      `/x/..${path}`,
      `${path}?_method=POST`,
    ])
    return send(pick(METHODS), spelled, {
      body: pick([
        '',
        '{',
        '[]',
        'null',
        '{"__proto__":{"type":"person"}}',
        'a=b&a=c',
        '\uFFFD',
        '['.repeat(5_000),
      ]),
      type: pick(CONTENT_TYPES),
    })
  }

  /** The OAuth server with what the devices hold; their refresh tokens go on as they should. */
  const oauth = async (): Promise<Answered> => {
    const device = pick(devices)
    const url = `${hub}/oauth/token`
    const key = chance(0.8) ? device.key : pick(devices).key
    const fields = pick([
      { grant_type: 'refresh_token', refresh_token: device.refreshToken },
      { grant_type: 'refresh_token', refresh_token: device.accessToken },
      { grant_type: 'client_credentials', scope: 'owner' },
      { grant_type: 'password', username: 'olivia@example.com', password: 'x' },
      { grant_type: 'authorization_code', code: device.accessToken, redirect_uri: hub },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.refreshToken },
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: device.accessToken },
    ])
    const response = await fetch(url, {
      method: 'POST',
      headers: { dpop: proofOf(key, { htm: 'POST', htu: url }) },
      body: new URLSearchParams({ client_id: 'clawlink-cli', ...fields }),
    })
    const body = (await response.json()) as Record<string, unknown>
    if (typeof body['access_token'] === 'string' && key === device.key) {
      device.accessToken = body['access_token']
      if (typeof body['refresh_token'] === 'string') device.refreshToken = body['refresh_token']
    }
    return { did: `POST /oauth/token ${JSON.stringify(fields).slice(0, 100)}`, status: response.status, body }
  }

  const overMcp = createHostileMcp(hub, mcp, hands, write)

  return {
    seen,
    seenOverMcp: overMcp.seen,
    /** One thing that it does; several answers where it did it several times at once. */
    async step(): Promise<Answered[]> {
      if (chance(0.25)) return [await overMcp.step()]
      const at = random()
      if (at < 0.3) return [await preview()]
      if (at < 0.55) return call()
      if (at < 0.75) return [await decide()]
      if (at < 0.88) return [await endpoint()]
      if (at < 0.96) return [await nonsense()]
      return [await oauth()]
    },
  }
}
