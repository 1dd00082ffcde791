import { expect, test } from 'vitest'
import { RETURN_URL, refusal, startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

const order = {
  amount: 5000,
  currency: 'usd',
  payment_method: 'pm_card_authenticationRequired',
  confirm: true,
  return_url: `${RETURN_URL}?order=7`,
}

test('the cardholder authenticates on the page and comes back with a payment made', async () => {
  const { stripe, url } = await startSandbox()
  const intent = await stripe.paymentIntents.create(order)
  expect(intent.status).toBe('requires_action')
  const address = intent.next_action?.redirect_to_url?.url ?? ''
  expect(address.startsWith(`${url}/authenticate/acct_`)).toBe(true)
  const page = await openPage(address)
  expect(page.text).toContain('Sandbox – no real money')
  expect(page.text).toContain('$50.00')
  expect(page.text).toContain('3184')
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; form-action 'self' https://example.com; base-uri 'none'; frame-ancestors 'none'",
  )
  const answer = await sendForm(page, { outcome: 'complete' })
  expect(answer.status).toBe(303)
  const back = new URL(answer.headers.get('location') ?? '')
  expect(back.origin + back.pathname).toBe(RETURN_URL)
  expect(Object.fromEntries(back.searchParams)).toEqual({
    order: '7',
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: 'succeeded',
  })
  const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] })
  expect(paid).toMatchObject({ status: 'succeeded', next_action: null, latest_charge: { paid: true } })
  expect((await sendForm(page, { outcome: 'complete' })).text).toContain('complete')
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a failed authentication leaves the payment waiting for another card', async () => {
  const { stripe } = await startSandbox()
  const intent = await stripe.paymentIntents.create(order)
  const page = await openPage(intent.next_action?.redirect_to_url?.url ?? '')
  const answer = await sendForm(page, { outcome: 'fail' })
  expect(new URL(answer.headers.get('location') ?? '').searchParams.get('redirect_status')).toBe('failed')
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: { code: 'payment_intent_authentication_failure', type: 'invalid_request_error' },
  })
  expect((await stripe.events.list({ type: 'payment_intent.payment_failed' })).data).toHaveLength(1)
  const retried = await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_visa',
    return_url: RETURN_URL,
  })
  expect(retried.status).toBe('succeeded')
})

test('without a return_url the page itself says that it is done', async () => {
  const { stripe } = await startSandbox()
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  expect(intent.next_action?.type).toBe('use_stripe_sdk')
  const script = intent.next_action?.use_stripe_sdk as { stripe_js: string }
  const done = await sendForm(await openPage(script.stripe_js), { outcome: 'complete' })
  expect(done.status).toBe(200)
  expect(done.text).toContain('Thank you')
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')
})

test('nobody authenticates with a wrong secret, a foreign form or a choice that is none', async () => {
  const { stripe, client } = await startSandbox()
  const intent = await stripe.paymentIntents.create(order)
  const other = await client('sk_test_bob').paymentIntents.create(order)
  const address = intent.next_action?.redirect_to_url?.url ?? ''
  expect((await openPage(`${address}x`)).status).toBe(404)
  const foreign = await openPage(other.next_action?.redirect_to_url?.url ?? '')
  const page = await openPage(address)
  const swapped = { ...page, text: foreign.text }
  expect((await sendForm(swapped, { outcome: 'complete' })).status).toBe(403)
  const undecided = await sendForm(page, { outcome: '<b>' })
  expect(undecided.status).toBe(400)
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_action')
  expect(
    (
      await refusal(
        stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_none', return_url: RETURN_URL }),
      )
    ).code,
  ).toBe('resource_missing')
})
