import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney, formatMoneyBoth, type Money } from '../../../contract/money.ts'
import type { Change, Check, Params } from '../../define.ts'
import { isObject } from '../json.ts'

/** `before → after`, with the place where the answer shows it afterwards. */
export function becomes(
  what: string,
  before: string | null,
  after: string,
  path: string,
  value: Check['value'],
  read?: Check['read'],
): Change {
  return { what, before, after, check: { path, value, ...(read === undefined ? {} : { read }) } }
}

/** A row for a text that is sent, in the words of `say`; none where it is not. */
export function textBecomes(
  what: string,
  sent: Params,
  name: string,
  say: (text: string) => string = (text) => text,
): Change[] {
  const text = sent[name]
  return typeof text === 'string' && text !== '' ? [becomes(what, null, say(text), name, text)] : []
}

/** The same for money: the text and what is checked are one amount. `before` is in the smallest unit, too. */
export function moneyBecomes(
  what: string,
  before: number | null,
  after: Money,
  path: string,
  read?: Check['read'],
): Change {
  const was = before === null ? null : formatMoney({ ...after, amount: before })
  return becomes(what, was, formatMoneyBoth(after), path, after.amount, read)
}

/**
 * What an update changes: a line for each value that is sent, down into objects, beside what `object` holds now.
 * `''` clears; metadata is merged, so that only the keys sent are told.
 */
export function updatesOf(object: Params, sent: Params, names: readonly string[]): Change[] {
  return names
    .filter((name) => sent[name] !== undefined)
    .flatMap((name) => rows(name, object[name], sent[name]))
}

function rows(path: string, before: unknown, after: unknown): Change[] {
  if (isObject(after)) {
    const was = isObject(before) ? before : {}
    return Object.entries(after).flatMap(([key, item]) =>
      // A path cannot tell a dot in a key of metadata from its own.
      rows(`${path}.${key}`, was[key], item).map((row) => (key.includes('.') ? unchecked(row) : row)),
    )
  }
  // To clear an object is to clear all that it holds.
  if (after === '' && isObject(before)) {
    const held = Object.keys(before).filter((key) => before[key] !== null)
    const cleared = rows(path, before, Object.fromEntries(held.map((key) => [key, ''])))
    return cleared.length === 0 ? [{ what: path, before: null, after: '(cleared)' }] : cleared
  }
  const was = before === undefined || before === null || before === '' ? null : shown(before)
  if (after === '') return [becomes(path, was, '(cleared)', path, null)]
  if (Array.isArray(after)) return [{ what: path, before: was, after: shown(after) }]
  return [becomes(path, was, shown(after), path, after as Check['value'])]
}

/** The values that rows were told from, as facts: a preview is stale when one of them changes. */
export function factsOf(changes: readonly Change[]): Record<string, string | null> {
  return Object.fromEntries(changes.map(({ what, before }) => [what, before]))
}

/** A row that can only be told: nothing answers it afterwards. */
export function unchecked({ what, before, after }: Change): Change {
  return { what, before, after }
}

function shown(value: unknown): string {
  return cleanLine(typeof value === 'string' ? value : JSON.stringify(value), 200)
}
