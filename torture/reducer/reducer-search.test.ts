import { expect, test } from 'vitest'
import * as reducer from '../../packages/hub/src/confirmations/reducer.ts'
import { ASSURANCES } from '../../packages/hub/src/contract/effects.ts'
import { searchOneConfirmation } from './one-confirmation.ts'
import { searchTwoNodes } from './two-nodes.ts'

test('all states, events, holders, tokens and clock steps keep the promises', () => {
  const { visited, reached } = searchOneConfirmation(reducer, 'dashboard', 6)
  expect(reached).toEqual(new Set(reducer.STATES))
  expect(visited).toBeGreaterThan(5_000)
})

test('the same holds whatever assurance is needed', () => {
  for (const needed of ASSURANCES)
    expect(searchOneConfirmation(reducer, needed, 3).visited).toBeGreaterThan(100)
})

test('two nodes, two confirmations, crashes and every answer: what is stored agrees with what happened', () => {
  expect(searchTwoNodes(reducer, 7).visited).toBeGreaterThan(10_000)
})
