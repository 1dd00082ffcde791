import ts from 'typescript6'
import { firstSentence } from './clean-text.ts'
import type { JsonSchema } from './definitions.ts'
import { mergeUnion, type UnionMembers } from './merge-union.ts'
import { numberType } from './number-type.ts'
import { documentationOf, type StripeTypes } from './stripe-types.ts'

/**
 * `params`: closed, nested types written out, all of the documentation.
 * `object`: open, nested types by reference, one sentence for each field.
 */
type Mode = 'params' | 'object'

export interface SchemaDeriver {
  /** The params of an operation, written out in full. */
  paramsSchema(types: ts.TypeNode[], where: string): JsonSchema
  /** Names of the object types that a result may be; each is derived as well. */
  objectNames(type: ts.TypeNode, where: string): string[]
  /** Derives an object type that no operation may mention, such as one that only events carry. */
  addObject(symbol: ts.Symbol): void
  /** Every object type asked for, and all that these refer to. */
  objects(): Record<string, JsonSchema>
}

/** Where a type stands: for messages, for number types, and against endless nesting. */
interface Place {
  mode: Mode
  where: string
  /** The field that the type belongs to, and what its documentation says. */
  field: string
  text: string
  /** The params types around this one. */
  nesting: ts.Symbol[]
}

const KEYWORD_TYPES = new Map<ts.SyntaxKind, JsonSchema>([
  [ts.SyntaxKind.StringKeyword, { type: 'string' }],
  [ts.SyntaxKind.BooleanKeyword, { type: 'boolean' }],
  // 64-bit integers travel as strings.
  [ts.SyntaxKind.BigIntKeyword, { type: 'string' }],
  [ts.SyntaxKind.UnknownKeyword, {}],
])

/** Types of the package whose TypeScript shape is not what goes over the wire. */
const WIRE_TYPES: Record<string, JsonSchema> = {
  // A class in the SDK, a decimal string on the wire.
  Decimal: { type: 'string' },
  FileData: { type: 'string', description: 'The content of the file, sent as multipart/form-data.' },
  StripeStreamResponse: { type: 'string', description: 'The content of a file, not JSON.' },
}

/** Our name for the result of an operation that answers with an empty object. */
const NO_CONTENT = 'NoContent'

export function createSchemaDeriver(
  types: StripeTypes,
  notUnderstood: (what: string) => void,
): SchemaDeriver {
  const objects = new Map<string, JsonSchema>()
  const named = new Map<string, ts.Symbol>()
  const waiting: ts.Symbol[] = []

  function paramsSchema(nodes: ts.TypeNode[], where: string): JsonSchema {
    const place: Place = { mode: 'params', where, field: '', text: '', nesting: [] }
    const empty: JsonSchema = { type: 'object', properties: {}, additionalProperties: false }
    return nodes.length === 0 ? empty : mergeAlternatives(nodes.map((node) => schemaOf(node, place)))
  }

  function objectNames(type: ts.TypeNode, where: string): string[] {
    if (type.kind === ts.SyntaxKind.VoidKeyword) {
      objects.set(NO_CONTENT, { type: 'object', description: 'An answer that says nothing.', properties: {} })
      return [NO_CONTENT]
    }
    const members = ts.isUnionTypeNode(type) ? type.types : [type]
    return members.flatMap((member) => {
      const name = ts.isTypeReferenceNode(member) ? types.symbolOf(member.typeName) : undefined
      if (name) return [referTo(name)]
      notUnderstood(`${where}: result ${type.getText()}`)
      return []
    })
  }

  function allObjects(): Record<string, JsonSchema> {
    // Deriving one object mentions others, which join the queue.
    for (let symbol = waiting.pop(); symbol; symbol = waiting.pop()) {
      const name = types.nameOf(symbol)
      objects.set(name, objectSchema(symbol, name))
    }
    return Object.fromEntries([...objects].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Puts the type on the list of objects to derive, and says its name. */
  function referTo(symbol: ts.Symbol): string {
    const name = types.nameOf(symbol)
    const known = named.get(name)
    if (!known) {
      named.set(name, symbol)
      waiting.push(symbol)
    } else if (known !== symbol) {
      notUnderstood(`${name}: two types of this name`)
    }
    return name
  }

  function objectSchema(symbol: ts.Symbol, name: string): JsonSchema {
    const place: Place = { mode: 'object', where: name, field: '', text: '', nesting: [] }
    const wire = WIRE_TYPES[symbol.name]
    if (wire) return { ...wire }
    const alias = symbol.declarations?.find(ts.isTypeAliasDeclaration)
    if (alias) return schemaOf(alias.type, place)
    const interfaces = interfacesOf(symbol)
    if (interfaces.length === 0) notUnderstood(`${name}: neither an interface nor a type`)
    return interfaceSchema(interfaces, place)
  }

  function schemaOf(node: ts.TypeNode, place: Place): JsonSchema {
    if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: numberType(place.field, place.text) }
    const keyword = KEYWORD_TYPES.get(node.kind)
    if (keyword) return { ...keyword }
    if (ts.isParenthesizedTypeNode(node)) return schemaOf(node.type, place)
    if (ts.isLiteralTypeNode(node) || ts.isUnionTypeNode(node)) return unionSchema([node], place)
    if (ts.isArrayTypeNode(node)) return { type: 'array', items: schemaOf(node.elementType, place) }
    if (ts.isTypeLiteralNode(node)) return membersSchema([...node.members], place)
    if (ts.isTypeReferenceNode(node)) return referenceSchema(node, place)
    notUnderstood(`${place.where}: ${node.getText()}`)
    return {}
  }

  function referenceSchema(node: ts.TypeReferenceNode, place: Place): JsonSchema {
    const [argument] = node.typeArguments ?? []
    const name = node.typeName.getText()
    if (argument) {
      switch (name) {
        case 'Array':
          return { type: 'array', items: schemaOf(argument, place) }
        case 'Emptyable':
          return unionSchema([node], place)
        case 'ApiList':
          return listSchema(schemaOf(argument, place))
        case 'Partial':
          // Only changed fields are there, at every depth, which a schema of the whole cannot say.
          return { type: 'object', additionalProperties: true }
        default:
          notUnderstood(`${place.where}: ${node.getText()}`)
          return {}
      }
    }
    if (name === 'OtherString') return { type: 'string' }
    const symbol = types.symbolOf(node.typeName)
    const wire = WIRE_TYPES[name]
    if (wire) return { ...wire }
    const alias = symbol?.declarations?.find(ts.isTypeAliasDeclaration)
    if (symbol && alias) {
      const schema = schemaOf(alias.type, place)
      // Unions of object types keep their name (`CustomerSource`); lists of strings do not need one.
      const isUnionOfObjects =
        place.mode === 'object' && schema.anyOf?.some((branch) => branch.$ref !== undefined)
      return isUnionOfObjects ? { $ref: `#/objects/${referTo(symbol)}` } : schema
    }
    const interfaces = symbol ? interfacesOf(symbol) : []
    if (!symbol || interfaces.length === 0) {
      notUnderstood(`${place.where}: ${name}`)
      return {}
    }
    const isMap = interfaces.some((each) => each.members.some(ts.isIndexSignatureDeclaration))
    if (isMap) return interfaceSchema(interfaces, place)
    if (place.mode === 'object' || place.nesting.includes(symbol))
      return { $ref: `#/objects/${referTo(symbol)}` }
    return interfaceSchema(interfaces, { ...place, nesting: [...place.nesting, symbol] })
  }

  function unionSchema(nodes: ts.TypeNode[], place: Place): JsonSchema {
    const members: UnionMembers = { literals: [], open: false, nullable: false, schemas: [] }
    for (const node of nodes) sortMember(node, place, members)
    const hasText = members.schemas.some(isFreeText)
    // `'auto' | string` is an open list too.
    if (hasText && members.literals.some((literal) => typeof literal === 'string')) {
      members.open = true
      members.schemas = members.schemas.filter((schema) => !isFreeText(schema))
    }
    // A number beside free text is a value of any kind (metadata), not a count.
    if (hasText)
      members.schemas = members.schemas.map((one) => (one.type === 'integer' ? { type: 'number' } : one))
    const merged = mergeUnion(members)
    return place.mode === 'object' ? markExpandable(merged) : merged
  }

  function sortMember(node: ts.TypeNode, place: Place, members: UnionMembers): void {
    if (ts.isUnionTypeNode(node)) {
      for (const member of node.types) sortMember(member, place, members)
    } else if (ts.isLiteralTypeNode(node)) {
      const literal = literalOf(node)
      if (literal === null) members.nullable = true
      else if (literal !== undefined) members.literals.push(literal)
      else notUnderstood(`${place.where}: ${node.getText()}`)
    } else if (ts.isTypeReferenceNode(node) && node.typeName.getText() === 'OtherString') {
      members.open = true
    } else if (
      ts.isTypeReferenceNode(node) &&
      node.typeName.getText() === 'Emptyable' &&
      node.typeArguments?.[0]
    ) {
      // The SDK also takes null here and sends it as the empty string; we know only what is sent.
      sortMember(node.typeArguments[0], place, members)
      members.schemas.push({ type: 'string', const: '' })
    } else {
      const schema = schemaOf(node, place)
      // Unions within unions are one union.
      if (schema.anyOf && schema['x-expandable'] === undefined) members.schemas.push(...schema.anyOf)
      else members.schemas.push(schema)
    }
  }

  function interfaceSchema(interfaces: ts.InterfaceDeclaration[], place: Place): JsonSchema {
    return membersSchema(membersOf(interfaces, place), place)
  }

  /** Own members and inherited ones; an own member replaces the inherited one of its name. */
  function membersOf(interfaces: ts.InterfaceDeclaration[], place: Place): ts.TypeElement[] {
    const members = new Map<string, ts.TypeElement>()
    for (const clause of interfaces.flatMap((each) => each.heritageClauses ?? [])) {
      for (const base of clause.types) {
        const symbol = types.symbolOf(base.expression)
        const inherited = symbol ? interfacesOf(symbol) : []
        if (inherited.length === 0) notUnderstood(`${place.where}: extends ${base.getText()}`)
        for (const member of membersOf(inherited, place)) members.set(member.name?.getText() ?? '[]', member)
      }
    }
    for (const member of interfaces.flatMap((each) => [...each.members])) {
      members.set(member.name?.getText() ?? '[]', member)
    }
    return [...members.values()]
  }

  function membersSchema(members: ts.TypeElement[], place: Place): JsonSchema {
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    let rest: boolean | JsonSchema | undefined = place.mode === 'params' ? false : undefined
    for (const member of members) {
      if (ts.isIndexSignatureDeclaration(member)) {
        rest = schemaOf(member.type, place)
      } else if (ts.isPropertySignature(member) && member.type) {
        // `deleted?: void` says that the field is only there on the deleted form of the object.
        if (member.type.kind === ts.SyntaxKind.VoidKeyword) continue
        const name = propertyNameOf(member.name)
        const text = documentationOf(member)
        const where = `${place.where}.${name}`
        const description = place.mode === 'params' ? text : firstSentence(text)
        const schema = schemaOf(member.type, { ...place, where, field: name, text })
        properties[name] = description === '' ? schema : { description, ...schema }
        if (!member.questionToken) required.push(name)
      } else if (!ts.isMethodSignature(member)) {
        // Methods are conveniences of the SDK's own objects and never on the wire.
        notUnderstood(`${place.where}: ${member.getText()}`)
      }
    }
    const isMap = members.length > 0 && Object.keys(properties).length === 0 && rest !== false
    return {
      type: 'object',
      ...(isMap ? {} : { properties }),
      ...(required.length > 0 ? { required } : {}),
      ...(rest === undefined ? {} : { additionalProperties: rest }),
    }
  }

  return { paramsSchema, objectNames, addObject: referTo, objects: allObjects }
}

/** Any string, nothing said about which. */
function isFreeText(schema: JsonSchema): boolean {
  return schema.type === 'string' && schema.enum === undefined && schema.const === undefined
}

/** An id that the API replaces by the object itself when asked to. */
function markExpandable(schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf ?? []
  const [reference] = branches.flatMap((branch) => branch.$ref ?? [])
  const isId = branches.some((branch) => branch.type === 'string' && Object.keys(branch).length === 1)
  const isOnlyThat = branches.every(
    (branch) => branch.$ref ?? (branch.type === 'string' || branch.type === 'null'),
  )
  if (!isId || !isOnlyThat || reference === undefined) return schema
  return { ...schema, 'x-expandable': reference.slice('#/objects/'.length) }
}

function listSchema(items: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      object: { type: 'string', const: 'list' },
      data: { type: 'array', items },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
    required: ['object', 'data', 'has_more', 'url'],
  }
}

/** Overloads of one method: whatever any of them takes, and required what all of them require. */
function mergeAlternatives(schemas: JsonSchema[]): JsonSchema {
  const properties = Object.assign({}, ...schemas.map((schema) => schema.properties)) as Record<
    string,
    JsonSchema
  >
  const [first, ...others] = schemas.map((schema) => schema.required ?? [])
  const required = (first ?? []).filter((name) => others.every((list) => list.includes(name)))
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  }
}

function interfacesOf(symbol: ts.Symbol): ts.InterfaceDeclaration[] {
  return symbol.declarations?.filter(ts.isInterfaceDeclaration) ?? []
}

function propertyNameOf(name: ts.PropertyName): string {
  return ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : name.getText()
}

function literalOf(node: ts.LiteralTypeNode): string | number | boolean | null | undefined {
  const { literal } = node
  if (ts.isStringLiteral(literal)) return literal.text
  if (ts.isNumericLiteral(literal)) return Number(literal.text)
  if (literal.kind === ts.SyntaxKind.TrueKeyword) return true
  if (literal.kind === ts.SyntaxKind.FalseKeyword) return false
  return literal.kind === ts.SyntaxKind.NullKeyword ? null : undefined
}
