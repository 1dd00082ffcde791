import { expect, test } from 'vitest'
import { createPasswords } from './password.ts'

const PEPPER = Buffer.alloc(32, 7)
const PASSWORD = 'correct horse battery staple'

test('a hash costs what RFC 9106 asks for where memory is scarce, unless somebody decides otherwise', async () => {
  const passwords = createPasswords(PEPPER)
  const stored = await passwords.hash(PASSWORD)
  expect(stored).toMatch(/^argon2id\$v=19\$m=65536,t=3,p=4\$[\w-]{22}\$[\w-]{43}$/)
  expect(await passwords.check(PASSWORD, stored)).toBe(true)
  expect(await passwords.check(`${PASSWORD}r`, stored)).toBe(false)
})

test('a hash says what it cost, so that one of another cost is still checked', async () => {
  const cheap = createPasswords(PEPPER, { memory: 64, passes: 1, parallelism: 1 })
  const stored = await cheap.hash(PASSWORD)
  expect(stored).toContain('$m=64,t=1,p=1$')
  expect(await createPasswords(PEPPER).check(PASSWORD, stored)).toBe(true)
})
