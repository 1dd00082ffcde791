import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Table } from './table.ts'

interface Item {
  id: string
  owner: string | null
}

test('a table and its index agree with a plain list, whatever is done to them', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const owner = fc.constantFrom('x', 'y', null)
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ put: fc.record({ id, owner }) }) },
    { weight: 1, arbitrary: fc.record({ remove: id }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new Table<Item>(['owner'])
      let model: Item[] = []
      for (const action of steps) {
        if ('put' in action) {
          table.put(action.put)
          const known = model.some((item) => item.id === action.put.id)
          model = known
            ? model.map((item) => (item.id === action.put.id ? action.put : item))
            : [...model, action.put]
        } else {
          table.remove(action.remove)
          model = model.filter((item) => item.id !== action.remove)
        }
      }
      expect(table.all().map(({ entity }) => entity)).toEqual(model)
      for (const value of ['x', 'y', null]) {
        expect(table.where('owner', value).map(({ entity }) => entity)).toEqual(
          model.filter((item) => item.owner === value),
        )
      }
    }),
  )
})
