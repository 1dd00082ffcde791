/**
 * The package types every number as `number`, but nearly all of them are integers: amounts in the smallest
 * unit, counts, Unix times. A number may carry a fraction when its name or its documentation says so. When in
 * doubt the answer is `number`, which accepts integers too.
 */
const FRACTIONAL_NAME =
  /(?:^|_)(?:percent|percentages?|rates?|score|latitude|longitude|decimal)(?:_|$)|^aggregated_value$/
const FRACTIONAL_TEXT =
  /\bdecimal places\b|\bdecimal between\b|\bdecimal values?\b|\b(?:positive|negative) float\b|Maximum precision/

export function numberType(name: string, description: string): 'integer' | 'number' {
  // "Two decimal places" in the text of an amount describes how currencies are written, not the field.
  if (/integer/i.test(description)) return 'integer'
  return FRACTIONAL_NAME.test(name) || FRACTIONAL_TEXT.test(description) ? 'number' : 'integer'
}
