import type { Violation } from '@clawlink/stripe-definitions'
import { cleanLine } from '../../contract/clean-text.ts'
import type { Params } from '../define.ts'
import { EXAMPLE } from './example-ids.ts'
import { isObject } from './json.ts'

/** `<customer id>`, `cus_1234567890` and `cus_abc…` from documentation. */
const PLACEHOLDER =
  /^<[^>]*>$|^\{[^}]*\}$|^[a-z]{2,6}_(?:test_)?(?:1234567890|123456789|12345|123|abc|abc123|xxx+|x{3,}|example|\.\.\.)$/i

/** `YOUR_KEY`; in small letters it may be part of a sentence or an address. */
const YOUR_PLACEHOLDER = /\bYOUR[_-]/

/** Most objects of Stripe's documentation belong to accounts whose ids hold one of these. */
const DOCUMENTATION_ID = /^[a-z]{2,6}_\w*(?:LkdIwHu7ix|2eZvKYlo2C)\w*$/
const EXAMPLES: ReadonlySet<string> = new Set(Object.values(EXAMPLE))

/** Values that an example or a manual has in the place of a real one. What a person wrote as metadata may look like anything. */
export function placeholders(params: Params): Violation[] {
  const found: Violation[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string' && isPlaceholder(value)) {
      found.push({
        path,
        rule: 'const',
        message: `"${path}" is a placeholder (${cleanLine(value, 40)}), not a real value`,
      })
    }
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, `${path}[${index}]`)
    else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (key !== 'metadata') visit(item, path === '' ? key : `${path}.${key}`)
      }
    }
  }
  visit(params, '')
  return found
}

function isPlaceholder(value: string): boolean {
  return (
    PLACEHOLDER.test(value.trim()) ||
    YOUR_PLACEHOLDER.test(value) ||
    DOCUMENTATION_ID.test(value) ||
    EXAMPLES.has(value)
  )
}
