/** A value that survives JSON; `undefined` stands for an absent member. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json }

/** An object as it goes over the wire. */
export type JsonObject = { readonly [name: string]: Json }

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
