import type { Definitions, Operation } from './definitions.ts'
import { closestOf } from './closest.ts'

export interface FoundOperation {
  operation: Operation
  /** Decoded values by name. */
  pathParams: Record<string, string>
}

/** One step of a path: the literal segments that may follow, and at most one parameter. */
interface PathNode {
  literals: Map<string, PathNode>
  parameter?: PathNode
  operations: Map<string, Operation>
}

// Definitions live as long as the process, and the indices with them.
const idIndices = new WeakMap<Definitions, Map<string, Operation>>()
const pathIndices = new WeakMap<Definitions, PathNode>()

export function operationById(definitions: Definitions, id: string): Operation {
  let index = idIndices.get(definitions)
  if (!index) {
    index = new Map(definitions.operations.map((operation) => [operation.id, operation]))
    idIndices.set(definitions, index)
  }
  const operation = index.get(id)
  if (operation) return operation
  const closest = closestOf(id, index.keys())
  throw new Error(
    `stripe ${definitions.stripeVersion} has no operation '${id}'.${closest === undefined ? '' : ` Did you mean '${closest}'?`}`,
  )
}

/** Literal segments win over parameters: `/v1/customers/search` is never a customer called "search". */
export function findOperation(
  definitions: Definitions,
  method: string,
  pathname: string,
): FoundOperation | undefined {
  let root = pathIndices.get(definitions)
  if (!root) {
    root = indexPaths(definitions)
    pathIndices.set(definitions, root)
  }
  const values: string[] = []
  const operation = descend(root, segmentsOf(pathname), 0, method.toUpperCase(), values)
  if (!operation) return undefined
  return {
    operation,
    pathParams: Object.fromEntries(
      operation.pathParams.map((name, position) => [name, values[position] ?? '']),
    ),
  }
}

function descend(
  node: PathNode,
  segments: string[],
  position: number,
  method: string,
  values: string[],
): Operation | undefined {
  const segment = segments[position]
  if (segment === undefined) return node.operations.get(method)
  const literal = node.literals.get(segment)
  const found = literal && descend(literal, segments, position + 1, method, values)
  if (found) return found
  const value = node.parameter && decodeSegment(segment)
  if (!node.parameter || value === undefined || value === '') return undefined
  values.push(value)
  const operation = descend(node.parameter, segments, position + 1, method, values)
  if (!operation) values.pop()
  return operation
}

function indexPaths(definitions: Definitions): PathNode {
  const root = emptyNode()
  for (const operation of definitions.operations) {
    let node = root
    for (const segment of segmentsOf(operation.path)) {
      if (segment.startsWith('{')) {
        node.parameter ??= emptyNode()
        node = node.parameter
      } else {
        let next = node.literals.get(segment)
        if (!next) {
          next = emptyNode()
          node.literals.set(segment, next)
        }
        node = next
      }
    }
    node.operations.set(operation.method, operation)
  }
  return root
}

function emptyNode(): PathNode {
  return { literals: new Map(), operations: new Map() }
}

function segmentsOf(pathname: string): string[] {
  return pathname.split('/').slice(1)
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray percent sign: not a path that any client builds.
    return undefined
  }
}
