import { expect, test } from 'vitest'
import { agentEndpoint } from '../agent-endpoints.ts'
import { beginPairing } from '../pairing-tools.ts'
import { callTool, type Caller } from './call-tool.ts'
import type { McpHost, Outcome } from './host.ts'

const CALL = { tool: 'stripe_create_refund', confirmation: 'conf_1' }
const URL_OF_IT = 'http://127.0.0.1:4747/confirmations/conf_1'

const pending: Outcome = {
  ok: false,
  problem: {
    error: {
      code: 'confirmation_pending',
      message: 'A person has not approved this yet.',
      retryable: true,
      confirmation: 'conf_1',
      approval_url: URL_OF_IT,
    },
  },
}
const view = (state: string): Outcome => ({ ok: true, answer: { state, summary: 'Refund $5.00' } })
const done: Outcome = { ok: true, answer: { result: { id: 're_1' } } }

/** A hub that answers what the test says, in order, and tells what it was asked. */
function scripted(answers: Array<Outcome | Promise<Outcome>>) {
  const asked: Array<{ name: string; input: unknown }> = []
  const next = (name: string, input: unknown): Promise<Outcome> => {
    asked.push({ name, input })
    return Promise.resolve(answers[asked.length - 1] ?? Promise.reject(new Error(`${name} is one too many`)))
  }
  let now = 0
  const host: McpHost = {
    version: '0',
    now: () => (now += 1_000),
    run: ({ name }, input) => next(name, input),
    pair: ({ name }, input) => next(name, input),
    toolCards: () => Promise.resolve([]),
  }
  return { host, asked: () => asked.map(({ name }) => name.replace('clawlink_', '')), inputs: () => asked }
}

function caller(over: Partial<Caller> = {}): Caller {
  return {
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
    opensUrls: true,
    inputResponses: undefined,
    ...over,
  }
}

const call = (host: McpHost, over: Partial<Caller> = {}) =>
  callTool(host, agentEndpoint('clawlink_call_tool'), CALL, caller(over))

test('a write that waits for a person has the client show its page, with what it is about', async () => {
  const { host, asked } = scripted([pending, view('pending')])
  expect(await call(host)).toEqual({
    resultType: 'input_required',
    inputRequests: {
      approval: {
        method: 'elicitation/create',
        params: { mode: 'url', message: expect.stringContaining('Refund $5.00'), url: URL_OF_IT },
      },
    },
  })
  expect(asked()).toEqual(['call_tool', 'get_confirmation'])
})

test('a client that can show no address is told where a person approves', async () => {
  const { host, asked } = scripted([pending])
  expect(await call(host, { opensUrls: false })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'confirmation_pending', approval_url: URL_OF_IT } },
  })
  expect(asked()).toEqual(['call_tool'])
})

test('what the user did with the page approves nothing: the hub is asked, and says no', async () => {
  const inputResponses = { approval: { action: 'accept', content: { approved: true, confirmed: true } } }
  const denied: Outcome = {
    ok: false,
    problem: { error: { code: 'write_rejected', message: 'No.', retryable: false } },
  }
  const { host, asked } = scripted([pending, view('pending'), view('denied'), denied])
  expect(await call(host, { inputResponses })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'write_rejected' } },
  })
  expect(asked()).toEqual(['call_tool', 'get_confirmation', 'get_confirmation', 'call_tool'])
})

test('who approves meanwhile has it carried out by the same call', async () => {
  const inputResponses = { approval: { action: 'accept' } }
  const { host } = scripted([pending, view('pending'), view('approved'), done])
  expect(await call(host, { inputResponses })).toMatchObject({
    structuredContent: { result: { id: 're_1' } },
  })
})

test.each(['decline', 'cancel'])('a user who answers %s is not waited for', async (action) => {
  const { host, asked } = scripted([pending])
  expect(await call(host, { inputResponses: { approval: { action } } })).toMatchObject({ isError: true })
  expect(asked()).toEqual(['call_tool'])
})

test('an answer that is none is asked for again', async () => {
  const { host } = scripted([pending, view('pending')])
  expect(await call(host, { inputResponses: { approval: 'approved', confirmed: true } })).toMatchObject({
    resultType: 'input_required',
  })
})

test('a client that goes away while a person decides has nothing carried out', async () => {
  const gone = new AbortController()
  const decided = Promise.withResolvers<Outcome>()
  const { host, asked } = scripted([pending, view('pending'), decided.promise])
  const calling = call(host, { signal: gone.signal, inputResponses: { approval: { action: 'accept' } } })
  await expect.poll(asked).toEqual(['call_tool', 'get_confirmation', 'get_confirmation'])
  gone.abort()
  decided.resolve(view('approved'))
  await expect(calling).rejects.toThrow('abort')
  expect(asked()).toEqual(['call_tool', 'get_confirmation', 'get_confirmation'])
})

test('an input that is not right never leaves for the hub', async () => {
  const { host, asked } = scripted([])
  const tool = agentEndpoint('clawlink_call_tool')
  expect(await callTool(host, tool, { ...CALL, attestation: 'x' }, caller())).toMatchObject({
    isError: true,
    structuredContent: {
      error: { code: 'invalid_params', violations: [{ message: expect.stringContaining('attestation') }] },
    },
  })
  const card = { tool: 'stripe_create_charge', params: { note: '4242 4242 4242 4242' } }
  expect(await callTool(host, tool, card, caller())).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'card_number_refused' } },
  })
  expect(asked()).toEqual([])
})

test('words of consent are nothing at all, and arguments are params', async () => {
  const { host, inputs } = scripted([done])
  await callTool(
    host,
    agentEndpoint('clawlink_call_tool'),
    { tool: 'stripe_get_balance', arguments: { x: 1 }, confirmed: true, approved: true },
    caller(),
  )
  expect(inputs()).toEqual([
    { name: 'clawlink_call_tool', input: { tool: 'stripe_get_balance', params: { x: 1 } } },
  ])
})

test('pairing is the host’s own', async () => {
  const { host, inputs } = scripted([{ ok: true, answer: { status: 'paired' } }])
  await callTool(host, beginPairing, { deviceLabel: ' My editor ' }, caller())
  expect(inputs()).toEqual([{ name: 'clawlink_begin_pairing', input: { deviceLabel: 'My editor' } }])
})
