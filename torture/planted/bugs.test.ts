import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { editsOf } from './bug.ts'
import { ALL_BUGS } from './bugs.ts'
import { fileOf, plant } from './plant.ts'

test('there are at least forty bugs, each with a name of its own', () => {
  expect(ALL_BUGS.length).toBeGreaterThanOrEqual(40)
  expect(new Set(ALL_BUGS.map(({ name }) => name)).size).toBe(ALL_BUGS.length)
})

test.each(ALL_BUGS)('"$name" is planted in one place of the gate as it is', (bug) => {
  for (const edit of editsOf(bug)) {
    const source = readFileSync(fileOf(edit), 'utf8')
    expect(plant(bug.name, edit, source)).not.toBe(source)
  }
})

test('a bug whose place is gone, or is there twice, is an error', () => {
  const edit = { file: 'x', find: 'guard', replace: '' }
  expect(() => plant('x', edit, 'nothing')).toThrow('0 times')
  expect(() => plant('x', edit, 'guard, guard')).toThrow('2 times')
})
