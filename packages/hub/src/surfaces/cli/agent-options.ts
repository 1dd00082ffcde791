import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import { Option } from 'commander'
import type { DeviceEndpoint } from '../endpoint.ts'
import { inputSchema } from '../http/openapi.ts'
import type { Input } from './ask-hub.ts'
import type { CliDeps } from './deps.ts'
import { UsageError } from './errors.ts'

/** A field of an endpoint's input as an option of its command. */
export interface InputOption {
  field: string
  required: boolean
  isJson: boolean
  option: Option
}

/** What the schema cannot say for itself. */
const FIELDS: Record<string, { flag?: string; value?: string; help: string }> = {
  tool: { value: 'name', help: 'the tool, e.g. stripe_list_customers' },
  integration: { value: 'name', help: 'an integration, e.g. stripe' },
  group: { value: 'name', help: 'only this group of tools' },
  cursor: { help: 'the next_cursor of the page before' },
  limit: { value: 'number', help: 'at most so many' },
  query: { value: 'words', help: 'a few words on what is to be done' },
  full: { help: 'all parameters, not the usual ones alone' },
  params: { value: 'json', help: "the tool's parameters: '{…}', @file, or - for standard input" },
  connection: { value: 'alias', help: 'which connection, where there are several' },
  confirmation: { value: 'id', help: "the preview's confirmation, conf_…" },
  note: { value: 'text', help: 'your words to the person who approves' },
  view: { help: 'how much of the answer' },
  fields: { value: 'a,b', help: 'only these fields of the answer' },
  wait_seconds: { flag: 'seconds', value: 'number', help: 'wait at most this long' },
}

interface FieldSchema {
  type?: string
  enum?: string[]
  default?: string | number | boolean | object
}

/** The endpoint's input as options: what the hub takes is declared there alone. */
export function inputOptions(endpoint: DeviceEndpoint): InputOption[] {
  const schema = inputSchema(endpoint)
  return Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const { type, enum: choices, default: unset } = property as FieldSchema
    const { flag = field.replaceAll('_', '-'), value = 'text', help = '' } = FIELDS[field] ?? {}
    const preset = typeof unset === 'string' || typeof unset === 'number' ? unset : 0
    const option = new Option(
      type === 'boolean' ? `--${flag}` : `--${flag} <${value}>`,
      preset === 0 ? help : `${help} (default: ${preset})`,
    )
    if (type === 'integer') option.argParser(wholeNumber(`--${flag}`))
    if (type === 'array') option.argParser((text: string) => text.split(',').map((item) => item.trim()))
    if (choices !== undefined) option.choices(choices)
    return { field, required: (schema.required ?? []).includes(field), isJson: type === 'object', option }
  })
}

export function wholeNumber(name: string): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} takes a whole number, not "${text}".`)
    return Number(text)
  }
}

/** The endpoint's input from what was typed; `positional` is the one field that may stand without its option. */
export async function collectInput(
  options: InputOption[],
  given: Record<string, unknown>,
  positional: { field: string; value: string | undefined } | undefined,
  deps: CliDeps,
): Promise<Input> {
  const input: Input = {}
  for (const { field, required, isJson, option } of options) {
    const named = given[option.attributeName()]
    const placed = positional?.field === field ? positional.value : undefined
    if (named !== undefined && placed !== undefined && named !== placed) {
      throw new UsageError(`"${placed}" and ${option.long ?? field} say two different things.`)
    }
    const value = named ?? placed
    if (value === undefined) {
      if (required) throw new UsageError(`${option.long ?? field} is missing: ${option.description}.`)
      continue
    }
    input[field] =
      isJson && typeof value === 'string' ? await readJson(value, option.long ?? field, deps) : value
  }
  return input
}

async function readJson(given: string, name: string, deps: CliDeps): Promise<Input> {
  const text = await readSource(given, name, deps)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new UsageError(`${name} is not JSON: ${reason}. In a shell, write it as '{"limit": 3}'.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${name} takes a JSON object, as in '{"limit": 3}'.`)
  }
  return { ...value }
}

async function readSource(given: string, name: string, deps: CliDeps): Promise<string> {
  if (given === '-') return readText(deps.stdin)
  if (!given.startsWith('@')) return given
  try {
    return await readFile(given.slice(1), 'utf8')
  } catch {
    throw new UsageError(`The file of ${name}, ${given.slice(1)}, cannot be read.`)
  }
}
