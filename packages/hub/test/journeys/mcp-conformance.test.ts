import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pairMcpAgent } from '../support/mcp-agent.ts'
import { startMcpProxy, type McpProxy } from '../support/mcp-proxy.ts'
import { runProcess, type Finished } from '../support/processes.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const CONFORMANCE = fileURLToPath(
  new URL('../../../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)

/** What must pass. The second column says what of the hub stands in where the scenario names a part of a demonstration server. */
const SCENARIOS = {
  'server-initialize': '',
  ping: '',
  'tools-list': '',
  'tools-call-simple-text': 'test_simple_text is clawlink_list_integrations',
  'tools-call-error': 'test_error_handling is a call of a tool that there is not',
  'tools-call-with-progress': 'test_tool_with_progress is a wait for a decision',
  'resources-list': '',
  'resources-read-text': 'test://static-text is the skill',
  'prompts-list': '',
  'prompts-get-simple': 'test_simple_prompt is waiting_for_approval',
  'prompts-get-with-args': 'test_prompt_with_arguments is refund_payment',
  'completion-complete': 'test_prompt_with_arguments is refund_payment',
  'dns-rebinding-protection': '',
}

/** What asks for something that the hub does not offer, and does not say that it does. */
const NOT_APPLICABLE = {
  'logging-set-level': 'no log messages are sent to clients: they would hold what the audit log must not',
  'tools-call-with-logging': 'no log messages are sent to clients',
  'tools-call-image': 'no tool answers with an image',
  'tools-call-audio': 'no tool answers with sound',
  'tools-call-embedded-resource': 'no tool answers with a resource',
  'tools-call-mixed-content': 'no tool answers with several kinds of content',
  'tools-call-sampling': 'the hub never asks the model for anything',
  'tools-call-elicitation':
    'asks for a form: the hub has an address shown, for approval is never given in a form',
  'elicitation-sep1034-defaults': 'asks for a form',
  'elicitation-sep1330-enums': 'asks for a form',
  'json-schema-2020-12':
    'is about a tool whose schema has definitions and references; none of the hub’s needs any',
  'server-sse-polling': 'a session whose stream is taken up again; the hub keeps no sessions',
  'server-sse-multiple-streams': 'several streams of one session; the hub keeps no sessions',
  'resources-read-binary': 'every resource is text',
  'resources-templates-read': 'wants back any id that it makes up; a group that there is not is an error',
  'resources-subscribe': 'the lists are the same as long as a hub runs: nothing to subscribe to',
  'resources-unsubscribe': 'nothing to subscribe to',
  'prompts-get-embedded-resource': 'prompts are text alone',
  'prompts-get-with-image': 'prompts are text alone',
}

let hub: TestHub
let proxy: McpProxy
let folder: string

beforeAll(async () => {
  hub = await startTestHub()
  const agent = await pairMcpAgent(hub)
  folder = mkdtempSync(join(tmpdir(), 'clawlink-conformance-'))
  const { charge } = await hub.charge(5000, 'usd')
  let confirmation = ''
  const standIns: Record<string, (params: Record<string, unknown>) => Record<string, unknown>> = {
    test_simple_text: () => ({ name: 'clawlink_list_integrations', arguments: {} }),
    test_error_handling: () => ({ name: 'clawlink_call_tool', arguments: { tool: 'stripe_nothing' } }),
    // Long enough for the three notifications that the scenario wants to see.
    test_tool_with_progress: () => ({
      name: 'clawlink_get_confirmation',
      arguments: { confirmation, wait_seconds: 12 },
    }),
    'test://static-text': () => ({ uri: 'clawlink://skill' }),
    test_simple_prompt: () => ({ name: 'waiting_for_approval' }),
    test_prompt_with_arguments: ({ arguments: given, argument }) => {
      const { arg1: payment, arg2: amount } = (given ?? {}) as Record<string, unknown>
      return argument === undefined
        ? { name: 'refund_payment', arguments: { payment, amount } }
        : {
            ref: { type: 'ref/prompt', name: 'refund_payment' },
            argument: { ...(argument as object), name: 'reason' },
          }
    },
  }
  proxy = await startMcpProxy(hub, agent, (params) => {
    const { name, uri, ref } = params as { name?: string; uri?: string; ref?: { name?: string } }
    const standIn = standIns[name ?? uri ?? ref?.name ?? '']
    return standIn === undefined ? params : { ...params, ...standIn(params) }
  })
  const params = { tool: 'stripe_create_refund', params: { charge } }
  const response = await fetch(proxy.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'clawlink_preview_tool', arguments: params },
    }),
  })
  confirmation = /conf_\w+/.exec(await response.text())?.[0] ?? ''
  expect(confirmation).not.toBe('')
})
afterAll(async () => {
  await proxy.close()
  await hub.stop()
})

const conformance = (...args: string[]): Promise<Finished> => runProcess(CONFORMANCE, args)

test('every scenario that there is for servers is either run or has a reason not to be', async () => {
  const { code, stdout } = await conformance('list', '--server')
  expect(code).toBe(0)
  const listed = [...stdout.matchAll(/^ {2}- (\S+)/gm)].map((match) => match[1])
  expect(new Set(listed)).toEqual(new Set(Object.keys({ ...SCENARIOS, ...NOT_APPLICABLE })))
  expect(listed).toHaveLength(Object.keys(SCENARIOS).length + Object.keys(NOT_APPLICABLE).length)
})

test.each(Object.keys(SCENARIOS))('conforms: %s', { timeout: 60_000 }, async (scenario) => {
  const { code, stdout, stderr } = await conformance(
    'server',
    '--url',
    proxy.url,
    '--scenario',
    scenario,
    '--output-dir',
    folder,
  )
  expect(stdout).toMatch(/Passed: [1-9]\d*\/\d+, 0 failed, 0 warnings/)
  expect(code, stdout + stderr).toBe(0)
})
