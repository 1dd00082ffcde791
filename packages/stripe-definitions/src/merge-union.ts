import type { JsonSchema, JsonType } from './definitions.ts'

/** The members of a union type, sorted by what they become in a schema. */
export interface UnionMembers {
  literals: (string | number | boolean)[]
  /** The union names known strings and lets any other pass. */
  open: boolean
  nullable: boolean
  schemas: JsonSchema[]
}

/** The plainest schema that says the same: `enum` and `type` lists where they do, else `anyOf`. */
export function mergeUnion({ literals, open, nullable, schemas }: UnionMembers): JsonSchema {
  const branches = withoutCopies(schemas)
  const known = [...new Set(literals)]
  if (open || known.length > 0) branches.unshift(enumOf(known, open))
  const simpleTypes = branches.map(simpleTypeOf)
  if (branches.length > 1 && simpleTypes.every((type) => type !== undefined)) {
    return { type: listOrOne([...simpleTypes, ...(nullable ? (['null'] as const) : [])]) }
  }
  const [only] = branches
  if (only && branches.length === 1) return nullable ? orNull(only) : only
  if (nullable) branches.push({ type: 'null' })
  return branches.length === 1 ? (branches[0] as JsonSchema) : { anyOf: branches }
}

/** The same schema with null allowed, said in the schema's own terms where it has them. */
function orNull(schema: JsonSchema): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] }
  if (schema.type === undefined)
    return schema.$ref === undefined ? schema : { anyOf: [schema, { type: 'null' }] }
  const types = listOrOne([...[schema.type].flat(), 'null'])
  if (schema.const !== undefined) {
    const { const: value, ...rest } = schema
    return { ...rest, type: types, enum: [value, null] }
  }
  return { ...schema, type: types, ...(schema.enum ? { enum: [...schema.enum, null] } : {}) }
}

function enumOf(known: (string | number | boolean)[], open: boolean): JsonSchema {
  if (open)
    return known.length > 0 ? { type: 'string', enum: known, 'x-open-enum': true } : { type: 'string' }
  const type = listOrOne(
    known.map((value) => (typeof value === 'number' ? 'integer' : (typeof value as 'string' | 'boolean'))),
  )
  return known.length === 1 ? { type, const: known[0] as string } : { type, enum: known }
}

/** The type of a schema that says nothing else. */
function simpleTypeOf(schema: JsonSchema): JsonType | undefined {
  return Object.keys(schema).length === 1 && typeof schema.type === 'string' ? schema.type : undefined
}

function listOrOne(types: JsonType[]): JsonType | JsonType[] {
  const distinct = [...new Set(types)]
  return distinct.length === 1 ? (distinct[0] as JsonType) : distinct
}

function withoutCopies(schemas: JsonSchema[]): JsonSchema[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
}
