import { cleanLine } from '../../contract/clean-text.ts'

/** Readers for answers of the hub, which may be older or newer than this program: what is missing reads as empty. */
export type Json = Record<string, unknown>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: unknown, key: string): Json {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

export function listAt(value: unknown, key: string): unknown[] {
  const found = isObject(value) ? value[key] : undefined
  return Array.isArray(found) ? found : []
}

/** On one line and clean; empty where there is nothing. */
export function textAt(value: unknown, key: string): string {
  return isObject(value) ? textOf(value[key]) : ''
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return cleanLine(text, 1_000)
}
