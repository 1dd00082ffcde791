import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { agentEndpoints } from '../agent-endpoints.ts'
import { attestationEndpoints } from '../attestation-endpoints.ts'
import { pairingTools } from '../pairing-tools.ts'
import { personEndpoints } from '../person-endpoints.ts'
import { agentTools, listedAs } from './listed-tools.ts'

const listed = agentTools.map(listedAs)
const named = (name: string) => listed.find((tool) => tool.name === name)

test('the tools are those of agents and no others: nothing of what people and programs do is among them', () => {
  const names = listed.map(({ name }) => name)
  expect(names).toEqual([...pairingTools, ...agentEndpoints].map(({ name }) => name))
  expect(new Set(names).size).toBe(names.length)
  for (const { name } of [...personEndpoints, ...attestationEndpoints]) expect(names).not.toContain(name)
})

test('the whole list costs an agent less than 1,000 tokens', () => {
  expect(countTokens(JSON.stringify({ tools: listed }))).toBeLessThanOrEqual(1_000)
})

test('a listed input names every field that is taken, with its type, and those that are needed', () => {
  expect(named('clawlink_call_tool')?.inputSchema).toEqual({
    type: 'object',
    properties: {
      tool: { type: 'string' },
      params: { type: 'object' },
      connection: { type: 'string' },
      confirmation: { type: 'string' },
      view: { type: 'string', enum: ['compact', 'full'] },
      fields: { type: 'array', items: { type: 'string' } },
    },
    required: ['tool'],
  })
  for (const { name, inputSchema, outputSchema } of listed) {
    for (const schema of [inputSchema, outputSchema]) {
      expect(schema, name).toMatchObject({ type: 'object', properties: expect.anything() })
      expect(JSON.stringify(schema), name).not.toMatch(/\$schema|"default"|additionalProperties/)
    }
    // A problem has its structure too, and some clients hold it against the same schema.
    expect(outputSchema, name).not.toHaveProperty('required')
  }
})

test('no tool that does more than read claims to, and a call is said to be what it can be: destructive', () => {
  for (const endpoint of agentEndpoints) {
    const { annotations } = listedAs(endpoint)
    expect(annotations.readOnlyHint ?? false, endpoint.name).toBe(endpoint.method === 'GET')
  }
  expect(named('clawlink_call_tool')?.annotations).toEqual({ destructiveHint: true, idempotentHint: true })
  expect(named('clawlink_preview_tool')?.annotations).toEqual({ destructiveHint: false })
  // What a client assumes where nothing is said is the worst.
  const unknown = { name: 'clawlink_new', method: 'POST', path: '/new', summary: '' } as const
  const run = (): Promise<unknown> => Promise.resolve({})
  const [{ input } = { input: undefined }] = agentEndpoints
  if (input !== undefined) expect(listedAs({ ...unknown, input, run }).annotations).toEqual({})
})
