import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import { OWNER, startTestAccess, type TestAccess } from './test-access.ts'

let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

const newLink = async (): Promise<string> =>
  new URL(await hub.access.startSetup(DEFAULT_WORKSPACE)).searchParams.get('token') ?? ''
const signIn = (over: Partial<typeof OWNER & { address: string }> = {}) =>
  hub.access.signIn({ workspace: DEFAULT_WORKSPACE, address: '127.0.0.1', ...OWNER, ...over })
const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown)
  if (!(error instanceof Problem)) throw new Error(`expected a Problem, got ${String(error)}`)
  return error
}

test('the set-up link makes the owner, signed in, and is used up by it', async () => {
  expect(await hub.access.hasOwner(DEFAULT_WORKSPACE)).toBe(false)
  const token = await newLink()
  const { person, session } = await hub.access.finishSetup({ token, ...OWNER })
  expect(person).toMatchObject({ type: 'person', role: 'owner', name: 'Jane Doe' })
  expect(await hub.access.hasOwner(DEFAULT_WORKSPACE)).toBe(true)
  expect((await hub.access.personOf(session.token))?.person).toEqual(person)
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: person.personId, limit: 5 })
  expect(audit).toMatchObject([{ action: 'setup.finished', actor: `person:${person.personId}` }])

  expect(await problemOf(hub.access.finishSetup({ token, ...OWNER }))).toMatchObject({
    code: 'setup_link_invalid',
  })
  expect(await problemOf(hub.access.startSetup(DEFAULT_WORKSPACE))).toMatchObject({ code: 'forbidden' })
})

test('of twenty who open the set-up link at once exactly one becomes the owner', async () => {
  const token = await newLink()
  const attempts = Array.from({ length: 20 }, (_, index) =>
    hub.access.finishSetup({ ...OWNER, token, email: `person${index}@example.com` }),
  )
  const results = await Promise.allSettled(attempts)
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  const people = await hub.storage.db.selectFrom('people').select('role').execute()
  expect(people).toEqual([{ role: 'owner' }])
})

test('a new set-up link replaces the old one, and a link lasts a day', async () => {
  const old = await newLink()
  const current = await newLink()
  expect(await problemOf(hub.access.finishSetup({ token: old, ...OWNER }))).toMatchObject({
    code: 'setup_link_invalid',
  })
  hub.clock.offsetMs += 24 * 3_600_000 + 1
  expect(await problemOf(hub.access.finishSetup({ token: current, ...OWNER }))).toMatchObject({
    code: 'setup_link_invalid',
  })
})

test.each([
  ['a short password', { password: 'elevenchars' }, 'password'],
  ['no name', { name: ' ' }, 'name'],
  ['a name with a line break', { name: 'Jane\nDoe' }, 'name'],
  ['no e-mail address', { email: 'jane' }, 'email'],
])('%s is refused, and the link stays good', async (_what, over, field) => {
  const token = await newLink()
  expect(await problemOf(hub.access.finishSetup({ token, ...OWNER, ...over }))).toMatchObject({
    code: 'invalid_params',
    details: { field },
  })
  await hub.access.finishSetup({ token, ...OWNER })
})

test('the owner signs in with any spelling of the address, and the audit log knows', async () => {
  const owner = await hub.owner()
  const { person, session } = await signIn({ email: ' Jane@Example.COM ' })
  expect(person.personId).toBe(owner.personId)
  expect(session.token).toHaveLength(43)
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: owner.personId, limit: 9 })
  expect(audit.at(-1)).toMatchObject({ action: 'person.signed_in', detail: { address: '127.0.0.1' } })
})

test('a wrong password and an unknown address get the same answer and cost the same work', async () => {
  const owner = await hub.owner()
  const timed = async (over: object): Promise<{ problem: Problem; ms: number }> => {
    const started = performance.now()
    const problem = await problemOf(signIn(over))
    return { problem, ms: performance.now() - started }
  }
  const wrong = await timed({ password: 'not the password' })
  const unknown = await timed({ email: 'nobody@example.com' })
  expect(wrong.problem.toWire()).toEqual(unknown.problem.toWire())
  expect(wrong.problem.code).toBe('unauthenticated')
  // An answer without a password hash would take a few milliseconds.
  expect(unknown.ms).toBeGreaterThan(wrong.ms / 4)
  const rows = await hub.storage.db
    .selectFrom('audit')
    .select(['subject', 'detail'])
    .where('action', '=', 'person.sign_in_refused')
    .execute()
  expect(rows.map((row) => row.subject)).toEqual([owner.personId, 'unknown'])
  expect(JSON.stringify(rows)).not.toContain('nobody@example.com')
})

test('sign-in attempts are limited per address and per e-mail address', async () => {
  await hub.owner()
  const codes: string[] = []
  for (let round = 0; round < 12; round += 1) codes.push((await problemOf(signIn({ password: 'x' }))).code)
  expect(codes).toEqual([
    ...Array.from({ length: 10 }, () => 'unauthenticated'),
    'rate_limited',
    'rate_limited',
  ])
  const limited = await problemOf(signIn())
  expect(limited).toMatchObject({ code: 'rate_limited', status: 429 })
  expect(limited.details?.['retry_after_seconds']).toBeGreaterThan(0)
  await signIn({ address: '192.0.2.1' })

  for (let round = 0; round < 20; round += 1) {
    await problemOf(signIn({ password: 'x', address: `192.0.2.${round + 10}` }))
  }
  expect(await problemOf(signIn({ address: '198.51.100.1' }))).toMatchObject({ code: 'rate_limited' })
  hub.clock.offsetMs += 10 * 60_000
  await signIn()
})

test('one network of IPv6 addresses counts as one address', async () => {
  for (let round = 0; round < 10; round += 1) {
    await problemOf(signIn({ password: 'x', address: `2001:db8::${round}`, email: `a${round}@example.com` }))
  }
  expect(await problemOf(signIn({ address: '2001:db8:0:0:ffff::1' }))).toMatchObject({ code: 'rate_limited' })
  expect(await problemOf(signIn({ address: '2001:db8:0:1::1' }))).toMatchObject({ code: 'unauthenticated' })
})

test('the password is asked again with a limit on wrong ones alone', async () => {
  const owner = await hub.owner()
  for (let round = 0; round < 7; round += 1) {
    expect(await hub.access.checkPassword(owner, OWNER.password)).toBe(true)
  }
  for (let round = 0; round < 5; round += 1) {
    expect(await hub.access.checkPassword(owner, 'wrong')).toBe(false)
  }
  expect(await problemOf(hub.access.checkPassword(owner, OWNER.password))).toMatchObject({
    code: 'rate_limited',
  })
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: owner.personId, limit: 20 })
  expect(audit.filter((row) => row.action === 'person.password_refused')).toHaveLength(5)
})

test('someone without a password cannot be signed in as', async () => {
  const approver = await hub.person('approver')
  expect(await hub.access.checkPassword(approver, '')).toBe(false)
  const email = `${approver.personId}@example.com`
  expect(await problemOf(signIn({ email, password: '' }))).toMatchObject({ code: 'unauthenticated' })
})

test('a session ends by signing out and by itself after twelve hours', async () => {
  await hub.owner()
  const [first, second] = [(await signIn()).session, (await signIn()).session]
  expect(await hub.access.personOf('')).toBeUndefined()
  expect(await hub.access.personOf(`${first.token}x`)).toBeUndefined()
  await hub.access.signOut(first.token)
  expect(await hub.access.personOf(first.token)).toBeUndefined()
  expect(await hub.access.personOf(second.token)).toBeDefined()
  hub.clock.offsetMs += 12 * 3_600_000 + 1_000
  expect(await hub.access.personOf(second.token)).toBeUndefined()
})

test('a CSRF token fits its own session alone', async () => {
  await hub.owner()
  const [first, second] = [(await signIn()).session, (await signIn()).session]
  expect((await hub.access.personOf(first.token))?.csrfToken).toBe(first.csrfToken)
  expect(hub.access.checkCsrf(first.token, first.csrfToken)).toBe(true)
  expect(hub.access.checkCsrf(first.token, second.csrfToken)).toBe(false)
  expect(hub.access.checkCsrf(first.token, '')).toBe(false)
})

test('sweeping deletes what has expired and nothing else', async () => {
  const device = await hub.device()
  await signIn()
  const count = async (table: 'sessions' | 'oauth_records' | 'oauth_replays'): Promise<number> =>
    (await hub.storage.db.selectFrom(table).selectAll().execute()).length
  await hub.access.sweep()
  expect(await count('sessions')).toBe(2)
  expect(await count('oauth_replays')).toBe(1)
  const before = await count('oauth_records')
  hub.clock.offsetMs += 13 * 3_600_000
  await hub.access.sweep()
  expect(await count('sessions')).toBe(0)
  expect(await count('oauth_replays')).toBe(0)
  // The device code is gone; the grant and the refresh token stay.
  expect(await count('oauth_records')).toBe(before - 1)
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toMatchObject([
    { id: device.deviceId, state: 'active' },
  ])
})
