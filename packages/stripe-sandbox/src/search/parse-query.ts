import { invalidRequest } from '../wire/errors.ts'

/** `-metadata['key']:"value"` */
export interface Clause {
  negated: boolean
  field: string
  /** Only for `metadata`. */
  key?: string
  operator: Operator
  /** Null asks for absence. */
  value: string | number | null
}

export interface Query {
  /** They are not mixed: there are no parentheses to say which goes first. */
  join: 'and' | 'or'
  clauses: readonly Clause[]
}

const operators = ['>=', '<=', ':', '~', '>', '<'] as const
export type Operator = (typeof operators)[number]

/** More than any question needs; bounds the work that one query can cause. */
const MAX_QUERY_CHARACTERS = 5_000
const MAX_CLAUSES = 100

type Token =
  | { kind: 'word'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'number'; value: number }
  | { kind: 'operator'; operator: Operator }
  | { kind: 'minus' | 'open' | 'close' }

/** @throws StripeError 400 in Stripe's words */
export function parseQuery(text: string): Query {
  if (text.length > MAX_QUERY_CHARACTERS) {
    throw invalidRequest(`A search query can have up to ${MAX_QUERY_CHARACTERS} characters.`, {
      stored: false,
    })
  }
  const reader = readerOf(tokenize(text))
  const clauses = [parseClause(reader)]
  let join: Query['join'] | undefined
  while (!reader.atEnd()) {
    const given = parseJoin(reader)
    if (join !== undefined && join !== given) {
      throw invalidRequest('You cannot combine AND and OR in the same search query.', { stored: false })
    }
    join = given
    clauses.push(parseClause(reader))
    if (clauses.length > MAX_CLAUSES) {
      throw invalidRequest(`A search query can have up to ${MAX_CLAUSES} clauses.`, { stored: false })
    }
  }
  return { join: join ?? 'and', clauses }
}

/** A space alone means AND. */
function parseJoin(reader: Reader): Query['join'] {
  const token = reader.peek()
  if (token?.kind !== 'word') return 'and'
  const word = token.text.toLowerCase()
  if (word !== 'and' && word !== 'or') return 'and'
  reader.next()
  return word
}

function parseClause(reader: Reader): Clause {
  const negated = reader.peek()?.kind === 'minus'
  if (negated) reader.next()
  const field = reader.next()
  if (field?.kind !== 'word') throw unreadable()
  const key = parseKey(reader)
  const operator = reader.next()
  if (operator?.kind !== 'operator') throw unreadable()
  return {
    negated,
    field: field.text,
    ...(key === undefined ? {} : { key }),
    operator: operator.operator,
    value: parseValue(reader),
  }
}

/** `["key"]` */
function parseKey(reader: Reader): string | undefined {
  if (reader.peek()?.kind !== 'open') return undefined
  reader.next()
  const key = reader.next()
  if (key?.kind !== 'text' || reader.next()?.kind !== 'close') throw unreadable()
  return key.text
}

function parseValue(reader: Reader): Clause['value'] {
  const token = reader.next()
  const negative = token?.kind === 'minus'
  const value = negative ? reader.next() : token
  if (value?.kind === 'number') return negative ? -value.value : value.value
  if (negative) throw unreadable()
  if (value?.kind === 'text') return value.text
  if (value?.kind === 'word') {
    const word = value.text.toLowerCase()
    if (word === 'null') return null
    if (word === 'true' || word === 'false') return word
  }
  throw unreadable()
}

interface Reader {
  peek(): Token | undefined
  next(): Token | undefined
  atEnd(): boolean
}

function readerOf(tokens: readonly Token[]): Reader {
  let position = 0
  return {
    peek: () => tokens[position],
    next: () => tokens[position++],
    atEnd: () => position >= tokens.length,
  }
}

const WORD = /[A-Za-z_][A-Za-z0-9_.]*/y
const NUMBER = /\d{1,15}(?:\.\d{1,12})?/y
const SPACE = /[ \t\r\n]+/y

/** Once from left to right: no pattern here ever looks at a character twice. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) position += found.length
    return found
  }
  while (position < text.length) {
    if (take(SPACE) !== undefined) continue
    const word = take(WORD)
    if (word !== undefined) {
      tokens.push({ kind: 'word', text: word })
      continue
    }
    const number = take(NUMBER)
    if (number !== undefined) {
      tokens.push({ kind: 'number', value: Number(number) })
      continue
    }
    const character = text[position]
    if (character === '"' || character === "'") {
      const quoted = readQuoted(text, position)
      tokens.push({ kind: 'text', text: quoted.text })
      position = quoted.end
      continue
    }
    const operator = operators.find((candidate) => text.startsWith(candidate, position))
    if (operator !== undefined) tokens.push({ kind: 'operator', operator })
    else if (character === '-') tokens.push({ kind: 'minus' })
    else if (character === '[') tokens.push({ kind: 'open' })
    else if (character === ']') tokens.push({ kind: 'close' })
    else throw unreadable()
    position += operator?.length ?? 1
  }
  return tokens
}

/** A backslash takes the next character as it is. */
function readQuoted(text: string, start: number): { text: string; end: number } {
  const quote = text[start]
  let read = ''
  for (let position = start + 1; position < text.length; position++) {
    const character = text[position]
    if (character === quote) return { text: read, end: position + 1 }
    if (character === '\\') position += 1
    read += text[position] ?? ''
  }
  throw unreadable()
}

function unreadable() {
  return invalidRequest(
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata ' +
      'or `key:"value"` to query for other fields.',
    { stored: false },
  )
}
