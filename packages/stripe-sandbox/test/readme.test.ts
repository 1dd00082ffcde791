import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { createSandbox } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')

/** The body of an example without its imports; what it imports comes in as arguments. */
function example(number: number): string {
  const code = [...readme.matchAll(/```ts\n([^]*?)```/g)][number]?.[1]
  if (code === undefined) throw new Error(`the README has no example ${number}`)
  return stripTypeScriptTypes(code).replaceAll(/^import .*$/gm, '')
}

/** Runs an example as an async function. */
async function run(code: string, names: Record<string, unknown>): Promise<unknown> {
  const url = `data:text/javascript,${encodeURIComponent(`export default async ({ ${Object.keys(names).join(', ')} }) => {${code}}`)}`
  const module = (await import(url)) as { default: (given: Record<string, unknown>) => Promise<unknown> }
  return module.default(names)
}

test('the example for the SDK pays and refunds', async () => {
  const sandbox = await createSandbox()
  const { port } = await sandbox.listen({ port: 0 })
  const result = await run(
    `${example(0).replace('12111', String(port))}\nreturn stripe.paymentIntents.retrieve(payment.id, { expand: ['latest_charge'] })`,
    { Stripe },
  )
  expect(result).toMatchObject({ status: 'succeeded', latest_charge: { amount_refunded: 500 } })
  await sandbox.close()
})

test('the example for tests runs', async () => {
  await run(example(1), { createSandbox })
})

test('the example with faults and time loses an answer', async () => {
  expect(await run(`${example(2)}\nreturn lost`, { createSandbox })).toBe('made, and the answer lost')
})
