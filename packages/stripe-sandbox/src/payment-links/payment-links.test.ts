import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

const buyer = {
  email: 'jane@example.com',
  number: '4242 4242 4242 4242',
  expiry: '12 / 30',
  cvc: '123',
  action: 'pay',
}
const line_items = [
  { price_data: { currency: 'usd', unit_amount: 1500, product_data: { name: 'Mug' } }, quantity: 2 },
]

test('a payment link sells again and again, each time in a session of its own', async () => {
  const { stripe } = await startSandbox()
  const link = await stripe.paymentLinks.create({
    line_items,
    metadata: { k: 'v' },
    after_completion: { type: 'redirect', redirect: { url: 'https://example.com/thanks' } },
    restrictions: { completed_sessions: { limit: 2 } },
    expand: ['line_items'],
  })
  expect(link).toMatchObject({
    active: true,
    currency: 'usd',
    restrictions: { completed_sessions: { count: 0, limit: 2 } },
    line_items: { data: [{ quantity: 2, amount_total: 3000 }] },
  })
  for (let round = 0; round < 2; round++) {
    const page = await openPage(link.url)
    expect(page.text).toContain('$30.00')
    const opened = await sendForm(page, {})
    const paid = await sendForm(await openPage(opened.headers.get('location') ?? ''), buyer)
    expect(paid.headers.get('location')).toBe('https://example.com/thanks')
  }
  expect((await openPage(link.url)).text).toContain('no longer active')
  const { data } = await stripe.checkout.sessions.list({ payment_link: link.id })
  expect(data.map((session) => [session.status, session.metadata])).toEqual([
    ['complete', { k: 'v' }],
    ['complete', { k: 'v' }],
  ])
  expect((await stripe.paymentLinks.listLineItems(link.id)).data).toHaveLength(1)
})

test('a link is changed, switched off and listed', async () => {
  const { stripe } = await startSandbox()
  const link = await stripe.paymentLinks.create({ line_items, expand: ['line_items'] })
  expect(link.after_completion).toEqual({
    type: 'hosted_confirmation',
    hosted_confirmation: { custom_message: null },
  })
  const item = link.line_items?.data[0]?.id ?? ''
  await stripe.paymentLinks.update(link.id, { line_items: [{ id: item, quantity: 3 }] })
  expect((await stripe.paymentLinks.listLineItems(link.id)).data).toMatchObject([
    { quantity: 3, amount_total: 4500 },
  ])
  const opened = await sendForm(await openPage(link.url), {})
  const paid = await sendForm(await openPage(opened.headers.get('location') ?? ''), buyer)
  expect(paid.text).toContain('Thank you')
  const off = await stripe.paymentLinks.update(link.id, { active: false, inactive_message: 'Sold <out>' })
  expect(off.active).toBe(false)
  expect((await openPage(link.url)).text).toContain('Sold &lt;out&gt;')
  expect((await stripe.paymentLinks.list({ active: true })).data).toEqual([])
  expect(await stripe.paymentLinks.retrieve(link.id)).toMatchObject({ inactive_message: 'Sold <out>' })
  const wrong = stripe.paymentLinks.create({ line_items, subscription_data: { description: 'Plan' } })
  expect((await refusal(wrong)).param).toBe('subscription_data')
})
