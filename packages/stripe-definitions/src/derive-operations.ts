import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript6'
import type { Operation, OperationResult } from './definitions.ts'
import type { SchemaDeriver } from './derive-schema.ts'
import { documentationOf, filesBelow, type StripeTypes } from './stripe-types.ts'

/** A resource class and how a program reaches it: `billingPortal.sessions`. */
interface Resource {
  accessor: string
  declaration: ts.ClassDeclaration
  file: string
}

interface Request {
  method: Operation['method']
  path: string
  pathParams: string[]
  host?: string
}

export function deriveOperations(
  folder: string,
  types: StripeTypes,
  schemas: SchemaDeriver,
  notUnderstood: (what: string) => void,
): Operation[] {
  const resources = findResources(folder, notUnderstood)
  const operations = resources.flatMap((resource) => operationsOf(resource, types, schemas, notUnderstood))
  return operations.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function operationsOf(
  { accessor, declaration, file }: Resource,
  types: StripeTypes,
  schemas: SchemaDeriver,
  notUnderstood: (what: string) => void,
): Operation[] {
  const className = declaration.name?.text ?? ''
  const declared = classesIn(types.sourceFile(file.replace(/\.js$/, '.d.ts'))).find(
    (each) => each.name?.text === className,
  )
  const operations: Operation[] = []
  for (const member of declaration.members) {
    if (!ts.isMethodDeclaration(member)) continue
    const id = `${accessor}.${member.name.getText()}`
    const requests = requestsIn(member, id, notUnderstood)
    const [request, ...others] = requests
    if (!request) {
      notUnderstood(`${id}: makes no request that we can read`)
      continue
    }
    for (const other of others) notUnderstood(`${id}: also ${other.method} ${other.path}`)
    const host = request.host
    if (host !== undefined && host !== 'files' && host !== 'meter_events') {
      notUnderstood(`${id}: ${request.method} ${request.path} goes to the host '${host}'`)
      continue
    }
    const overloads = [...(declared?.members ?? [])]
      .filter(ts.isMethodDeclaration)
      .filter((each) => each.name.getText() === member.name.getText())
    const [signature] = overloads
    if (!signature?.type) {
      notUnderstood(`${id}: has no declaration`)
      continue
    }
    const paramsTypes = overloads.flatMap((overload) => {
      const parameter = overload.parameters.find((each) => each.name.getText() === 'params')
      return parameter?.type ?? []
    })
    const names = signature.parameters.map((each) => each.name.getText())
    const expected = [...request.pathParams, ...(paramsTypes.length > 0 ? ['params'] : []), 'options']
    if (expected.some((name) => !names.includes(name)) || expected.length !== names.length) {
      notUnderstood(`${id}: takes ${names.join(', ')} where ${expected.join(', ')} was expected`)
    }
    operations.push({
      id,
      method: request.method,
      path: request.path,
      pathParams: request.pathParams,
      description: documentationOf(signature) || wordsOf(id),
      params: schemas.paramsSchema(paramsTypes, id),
      result: resultOf(signature.type, id, schemas, notUnderstood),
      ...(host === undefined ? {} : { host }),
    })
  }
  return operations
}

/** `ephemeralKeys.create` as "Create: ephemeral keys.", for the rare operation without documentation. */
function wordsOf(id: string): string {
  const [method = '', ...resources] = id
    .split('.')
    .reverse()
    .map((part) => part.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
  return `${method.charAt(0).toUpperCase()}${method.slice(1)}: ${resources.reverse().join(' ')}.`
}

/** How the SDK names what a request comes back with. */
const RESULT_KINDS: Record<string, OperationResult['kind']> = {
  Response: 'object',
  ApiListPromise: 'list',
  V2ListPromise: 'list',
  ApiSearchResultPromise: 'search',
  V2SearchResultPromise: 'search',
}

function resultOf(
  type: ts.TypeNode,
  id: string,
  schemas: SchemaDeriver,
  notUnderstood: (what: string) => void,
): OperationResult {
  let kind: OperationResult['kind'] = 'object'
  let inner = type
  while (ts.isTypeReferenceNode(inner) && inner.typeArguments?.[0]) {
    const wrapper = inner.typeName.getText()
    const wrapped = RESULT_KINDS[wrapper]
    if (wrapped !== undefined) kind = wrapped
    else if (wrapper !== 'Promise') notUnderstood(`${id}: result ${type.getText()}`)
    inner = inner.typeArguments[0]
  }
  const [name, ...alternatives] = schemas.objectNames(inner, id)
  return { kind, type: name ?? 'unknown', ...(alternatives.length > 0 ? { alternatives } : {}) }
}

/** Every `this._makeRequest(method, path, params, options, spec)` in a method. */
function requestsIn(
  method: ts.MethodDeclaration,
  id: string,
  notUnderstood: (what: string) => void,
): Request[] {
  const requests: Request[] = []
  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && node.expression.getText() === 'this._makeRequest') {
      const [verb, path, , , spec] = node.arguments
      const verbText = verb && ts.isStringLiteral(verb) ? verb.text : ''
      const parsed = path && readPath(path)
      if (parsed && (verbText === 'GET' || verbText === 'POST' || verbText === 'DELETE')) {
        const host = spec && readHost(spec)
        requests.push({ method: verbText, ...parsed, ...(host === undefined ? {} : { host }) })
      } else {
        notUnderstood(`${id}: requests ${verbText} ${path?.getText() ?? ''}`)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(method)
  return requests
}

/** `/v1/customers/${encodeURIComponent(id)}` as `/v1/customers/{id}`. */
function readPath(node: ts.Expression): { path: string; pathParams: string[] } | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return { path: node.text, pathParams: [] }
  if (!ts.isTemplateExpression(node)) return undefined
  let path = node.head.text
  const pathParams: string[] = []
  for (const { expression, literal } of node.templateSpans) {
    const argument = ts.isCallExpression(expression) ? expression.arguments[0] : undefined
    if (!argument || !ts.isIdentifier(argument) || pathParams.includes(argument.text)) return undefined
    pathParams.push(argument.text)
    path += `{${argument.text}}${literal.text}`
  }
  return { path, pathParams }
}

function readHost(spec: ts.Expression): string | undefined {
  if (!ts.isObjectLiteralExpression(spec)) return undefined
  const property = spec.properties.find((each) => each.name?.getText() === 'apiBase')
  return property && ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer)
    ? property.initializer.text
    : undefined
}

/** Follows `this.customers = new CustomerResource(this)` from the client down through its namespaces. */
function findResources(folder: string, notUnderstood: (what: string) => void): Resource[] {
  const resources = join(folder, 'resources')
  const files = new Map<string, ts.SourceFile>()
  const found: Resource[] = []
  const reached = new Set<string>()

  function parse(file: string): ts.SourceFile {
    let parsed = files.get(file)
    if (!parsed) {
      parsed = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
      files.set(file, parsed)
    }
    return parsed
  }

  function visitClass(file: string, className: string, accessor: string): void {
    const declaration = classesIn(parse(file)).find((each) => each.name?.text === className)
    const imports = importsOf(parse(file))
    const elsewhere = imports.get(className)
    if (!declaration && elsewhere) {
      visitClass(elsewhere.from, elsewhere.name, accessor)
      return
    }
    if (!declaration) {
      notUnderstood(`${accessor}: no class ${className} in ${relative(folder, file)}`)
      return
    }
    if (isResource(declaration)) {
      reached.add(`${file}#${className}`)
      found.push({ accessor, declaration, file })
    }
    for (const { property, constructed } of constructedIn(declaration)) {
      const source = imports.get(constructed)
      // The client also makes things that are not resources, such as its request sender.
      if (!source?.from.startsWith(resources)) continue
      visitClass(source.from, source.name, accessor === '' ? property : `${accessor}.${property}`)
    }
  }

  visitClass(join(folder, 'stripe.core.js'), 'Stripe', '')
  for (const file of filesBelow(resources, '.js')) {
    for (const declaration of classesIn(parse(file))) {
      const name = declaration.name?.text ?? ''
      const isMissed = isResource(declaration) && !reached.has(`${file}#${name}`)
      if (isMissed) notUnderstood(`${relative(folder, file)}: ${name} is not reached from the client`)
    }
  }
  return found
}

function classesIn(file: ts.SourceFile): ts.ClassDeclaration[] {
  return file.statements.filter(ts.isClassDeclaration)
}

function isResource(declaration: ts.ClassDeclaration): boolean {
  return (
    declaration.heritageClauses?.some((clause) => clause.types[0]?.getText() === 'StripeResource') ?? false
  )
}

/** The names that a file imports or passes on, and where each comes from. */
function importsOf(file: ts.SourceFile): Map<string, { name: string; from: string }> {
  const imports = new Map<string, { name: string; from: string }>()
  for (const statement of file.statements) {
    const names = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : ts.isExportDeclaration(statement) && statement.exportClause
    if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) continue
    const { moduleSpecifier } = statement as ts.ImportDeclaration | ts.ExportDeclaration
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) continue
    const from = join(dirname(file.fileName), moduleSpecifier.text)
    for (const { name, propertyName } of names.elements) {
      imports.set(name.text, { name: propertyName?.text ?? name.text, from })
    }
  }
  return imports
}

/** `this.x = new Y(…)` anywhere in the class. */
function constructedIn(declaration: ts.ClassDeclaration): { property: string; constructed: string }[] {
  const found: { property: string; constructed: string }[] = []
  function visit(node: ts.Node): void {
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      node.left.expression.kind === ts.SyntaxKind.ThisKeyword &&
      ts.isNewExpression(node.right) &&
      ts.isIdentifier(node.right.expression)
    ) {
      found.push({ property: node.left.name.text, constructed: node.right.expression.text })
    }
    ts.forEachChild(node, visit)
  }
  visit(declaration)
  return found
}
