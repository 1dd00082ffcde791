import { expect, test } from 'vitest'
import { asProblem, Problem, PROBLEMS } from './problem.ts'

const HIDDEN = 'rk_live_abcdef in hub.db'

test.each<[string, unknown]>([
  ['an error', new Error(HIDDEN)],
  ['an error with a code', Object.assign(new TypeError(HIDDEN), { code: 'SQLITE_CORRUPT', status: 200 })],
  ['an error with a cause', new Error('x', { cause: new Error(HIDDEN) })],
  ['text', HIDDEN],
  ['an object that looks like a problem', { code: 'invalid_params', message: HIDDEN, status: 400 }],
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
])('%s that nobody foresaw tells the caller nothing of the inside', (_what, thrown) => {
  const problem = asProblem(thrown)
  expect(problem.code).toBe('internal_error')
  expect(problem.status).toBe(500)
  expect(JSON.stringify(problem.toWire())).not.toMatch(/rk_live|hub\.db|SQLITE|stack/)
  expect(problem.cause).toBe(thrown)
})

test.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE'])(
  '%s, wherever it is met, says that the disk is the trouble',
  (code) => {
    const problem = asProblem(Object.assign(new Error(HIDDEN), { code }))
    expect(problem).toMatchObject({ code: 'audit_unavailable', status: 503, internal: HIDDEN })
    expect(JSON.stringify(problem.toWire())).not.toMatch(/rk_live|hub\.db|SQLITE/)
  },
)

test('what was thrown is kept for the log', () => {
  expect(asProblem(new Error(HIDDEN)).internal).toContain(HIDDEN)
  expect(asProblem('text').internal).toBe('text')
})

test('a problem stays itself', () => {
  const problem = new Problem('alias_taken', 'Taken.')
  expect(asProblem(problem)).toBe(problem)
})

test('the wire form has what the caller needs and never the internal text or the cause', () => {
  const problem = new Problem('rate_limited', 'Too many.', {
    nextStep: 'Wait.',
    internal: HIDDEN,
    cause: new Error(HIDDEN),
    details: { retry_after: 5 },
  })
  expect(problem.toWire()).toEqual({
    error: {
      code: 'rate_limited',
      message: 'Too many.',
      retryable: true,
      next_step: 'Wait.',
      retry_after: 5,
    },
  })
  expect(problem.status).toBe(429)
})

test('no detail takes the place of the code, the message or the advice', () => {
  const details = { code: 'fine', message: 'All is well.', retryable: true, next_step: 'Go on.', extra: 1 }
  const wire = new Problem('forbidden', 'No.', { nextStep: 'Ask.', details }).toWire()
  expect(wire.error).toEqual({
    code: 'forbidden',
    message: 'No.',
    retryable: false,
    next_step: 'Ask.',
    extra: 1,
  })
})

test('every code is snake_case with a status of an error, and what may be tried again is no fault of the caller', () => {
  for (const [code, { status, retryable }] of Object.entries(PROBLEMS)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    if (retryable) expect([409, 429, 500, 502, 503], code).toContain(status)
  }
})
