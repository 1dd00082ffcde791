import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDefinitions, operationById } from '@clawlink/stripe-definitions'
import { beforeAll, describe, expect, test } from 'vitest'
import { EFFECTS } from '../../contract/effects.ts'
import type { Integration } from '../define.ts'
import { EXAMPLE } from './example-ids.ts'
import { openTestStripe } from './test-stripe.ts'
import { curatedTools } from './tools/index.ts'
import { STRIPE_VERSION } from './wire/send.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

describe('the catalog', () => {
  test('every tool file is registered, once', () => {
    const folder = join(import.meta.dirname, 'tools')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/(?:index|\.test)\.ts$/.test(file),
    )
    const named = files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}name: '(stripe_\w+)'/gm)].map((match) =>
        String(match[1]),
      ),
    )
    expect(named.length).toBe(files.length)
    expect(curatedTools.map((tool) => tool.name).toSorted()).toEqual(named.toSorted())
    expect(new Set(named).size).toBe(named.length)
  })

  test('every tool has an example, whose ids are refused as they stand', () => {
    for (const card of stripe.tools) {
      expect(card.guidance.examples.length, card.name).toBeGreaterThan(0)
      for (const { title, params } of card.guidance.examples) {
        const holdsId = Object.values(EXAMPLE).some((id) => JSON.stringify(params).includes(`"${id}"`))
        const check = () => stripe.checkParams(card, params)
        if (holdsId) expect(check, `${card.name}: ${title}`).toThrow('is a placeholder')
        else expect(check, `${card.name}: ${title}`).not.toThrow()
      }
    }
  })

  test('every tool says what it is for, in one line each', () => {
    for (const card of stripe.tools) {
      expect(card.name).toMatch(/^stripe_[a-z_]+$/)
      expect(card.description, card.name).toMatch(/^[A-Z][^\n]{5,120}$/)
      expect(card.guidance.whenToUse, card.name).toMatch(/\w/)
      expect(EFFECTS).toContain(card.effect)
      expect(card.mode === 'read').toBe(card.effect === 'read')
    }
  })

  test('reads are GETs, or the one POST that calculates, and writes are not, so that no write passes for a read', async () => {
    const definitions = await loadDefinitions()
    for (const tool of curatedTools) {
      for (const id of [tool.operation, ...(tool.alternatives ?? [])]) {
        const isRead = operationById(definitions, id).method === 'GET' || id === 'invoices.createPreview'
        expect(isRead, `${tool.name}: ${id}`).toBe(tool.mode === 'read')
      }
    }
  })

  test('a tool whose effect hangs on a parameter never goes below what it lists', () => {
    for (const tool of curatedTools) {
      if (tool.mode !== 'write' || tool.effectOf === undefined) continue
      for (const confirm of [true, false, 'true', undefined, 1])
        expect(EFFECTS.indexOf(tool.effectOf({ confirm }))).toBeGreaterThanOrEqual(
          EFFECTS.indexOf(tool.effect),
        )
    }
  })

  test('no alias of an id is a parameter of its operation', async () => {
    const definitions = await loadDefinitions()
    for (const tool of curatedTools) {
      const known = operationById(definitions, tool.operation).params.properties ?? {}
      for (const alias of tool.pathParam?.aliases ?? [])
        expect(Object.hasOwn(known, alias), alias).toBe(false)
    }
  })

  test('followups name tools that exist', () => {
    for (const card of stripe.tools)
      for (const [name] of JSON.stringify(card.guidance).matchAll(/stripe_[a-z_]+/g))
        expect(() => stripe.tool(name), `${card.name} names ${name}`).not.toThrow()
  })

  test('the short schema is a part of the full one, with all that is needed', () => {
    for (const card of stripe.tools) {
      const full = card.schema({ full: true })
      const brief = card.schema({ full: false })
      expect(Object.keys(full.properties ?? {})).toEqual(
        expect.arrayContaining(Object.keys(brief.properties ?? {})),
      )
      for (const name of full.required ?? []) expect(brief.properties).toHaveProperty(name)
      expect(full.additionalProperties).toBe(false)
      expect(Object.keys(brief.properties ?? {}).length).toBeLessThanOrEqual(12)
    }
  })

  test('its hash is the same for the same catalog', async () => {
    expect((await openTestStripe()).catalogHash).toBe(stripe.catalogHash)
    expect(stripe.catalogHash).toMatch(/^[0-9a-f]{64}$/)
    expect(stripe.apiVersion).toBe(STRIPE_VERSION)
  })

  test.each(['stripe_create_refnd', 'create_refund', 'refund money'])(
    'a wrong name (%s) is answered with the right one',
    (name) => {
      expect(() => stripe.tool(name)).toThrow(
        expect.objectContaining({
          code: 'tool_not_found',
          details: { suggestions: expect.arrayContaining(['stripe_create_refund']) },
        }),
      )
    },
  )

  test.each(['', 'constructor', '__proto__', '*', '\u202E'])(
    'a name that is none (%j) is no tool',
    (name) => {
      expect(() => stripe.tool(name)).toThrow(expect.objectContaining({ code: 'tool_not_found' }))
    },
  )

  test('a name of ten thousand letters is no tool either', () => {
    expect(() => stripe.tool('x'.repeat(10_000))).toThrow(expect.objectContaining({ code: 'tool_not_found' }))
  })
})

describe('a read', () => {
  test('is one GET with the params in its query', () => {
    const card = stripe.tool('stripe_list_customers')
    const { params } = stripe.checkParams(card, { email: 'jane@example.com', created: { gte: 1 } })
    expect(stripe.planRead(card, params)).toEqual({
      method: 'GET',
      path: '/v1/customers?email=jane%40example.com&created%5Bgte%5D=1',
      body: '',
    })
  })

  test('of one object has its id in the path', () => {
    const card = stripe.tool('stripe_get_customer')
    const { params } = stripe.checkParams(card, { id: 'cus_QpTx4mZc7kW1rB' })
    expect(stripe.planRead(card, params).path).toBe('/v1/customers/cus_QpTx4mZc7kW1rB')
  })

  test.each(['../account', 'a/b', 'a?b', 'a#b', '%2e%2e', '', '.', 'é', 'x'.repeat(256)])(
    'never leaves its path, whatever the id (%j)',
    (id) => {
      const card = stripe.tool('stripe_get_customer')
      expect(() => stripe.planRead(card, { customer_id: id })).toThrow(
        expect.objectContaining({ code: 'invalid_params' }),
      )
    },
  )
})

test('a read is never planned as a write', async () => {
  const card = stripe.tool('stripe_get_balance')
  const checked = { params: {}, statedCurrencies: {}, advice: [] }
  await expect(stripe.planWrite(card, checked, () => Promise.resolve({}))).rejects.toThrow('not a write')
})
