import ts from 'typescript6'
import type { Definitions } from './definitions.ts'
import { deriveOperations } from './derive-operations.ts'
import { createSchemaDeriver } from './derive-schema.ts'
import { findStripePackage } from './stripe-package.ts'
import { readStripeTypes } from './stripe-types.ts'

export interface DerivedDefinitions {
  definitions: Definitions
  /** What the builder met and left out. A test pins this list, so a new shape in the package is seen. */
  notUnderstood: string[]
}

/** Reads every operation and object type out of the installed stripe package. */
export function deriveDefinitions(stripe = findStripePackage()): DerivedDefinitions {
  if (!stripe) throw new Error('The stripe package is not installed.')
  const { folder, version, apiVersion } = stripe
  const notUnderstood: string[] = []
  const note = (what: string): void => void notUnderstood.push(what)
  const types = readStripeTypes(folder)
  const schemas = createSchemaDeriver(types, note)
  const operations = deriveOperations(folder, types, schemas, note)
  for (const file of types.declarationFiles) {
    for (const symbol of types.exportsOf(file)) if (isObjectType(symbol)) schemas.addObject(symbol)
  }
  const objects = schemas.objects()
  return {
    definitions: { stripeVersion: version, apiVersion, operations, objects },
    notUnderstood: [...new Set(notUnderstood)].sort(),
  }
}

/** An interface that names itself in a field `object`, as everything with an id in the API does. */
function isObjectType(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? [])
    .filter(ts.isInterfaceDeclaration)
    .flatMap((declaration) => [...declaration.members])
    .filter(ts.isPropertySignature)
    .some(
      ({ name, questionToken, type }) =>
        name.getText() === 'object' && !questionToken && type !== undefined && ts.isLiteralTypeNode(type),
    )
}
