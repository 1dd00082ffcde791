import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

test('an open session, a saved card and a payout are there again after a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sandbox-checkout-'))
  try {
    const before = await startSandbox({ data })
    const { id: customer } = await before.stripe.customers.create({ source: 'tok_bypassPending' })
    await before.stripe.charges.create({ amount: 10_000, currency: 'usd', customer })
    const payout = await before.stripe.payouts.create({ amount: 5000, currency: 'usd' })
    const session = await before.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com/thanks',
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } }, quantity: 1 },
      ],
    })
    await before.sandbox.close()

    const after = await startSandbox({ data })
    expect((await after.stripe.payouts.retrieve(payout.id)).status).toBe('pending')
    expect((await after.stripe.customers.listSources(customer)).data).toMatchObject([{ object: 'card' }])
    const found = await after.stripe.checkout.sessions.retrieve(session.id)
    // The page is wherever the sandbox is reached now.
    expect(found.url?.startsWith(after.url)).toBe(true)
    const paid = await sendForm(await openPage(found.url ?? ''), {
      email: 'jane@example.com',
      number: '4242424242424242',
      expiry: '12/30',
      cvc: '123',
      action: 'pay',
    })
    expect(paid.headers.get('location')).toBe('https://example.com/thanks')
    const journal = readFileSync(join(data, 'journal.jsonl'), 'utf8')
    expect(journal).toContain('"last4":"4242"')
    expect(journal).not.toContain('4242424242424242')
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})
