import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript6'
import { cleanText } from './clean-text.ts'

/** The package's type declarations, with names resolved. */
export interface StripeTypes {
  /** The file's syntax tree; the file must belong to the package's resources. */
  sourceFile(path: string): ts.SourceFile
  declarationFiles: string[]
  /** What a name in a type stands for, followed through imports. */
  symbolOf(name: ts.Node): ts.Symbol | undefined
  exportsOf(path: string): ts.Symbol[]
  /** `Charge.PaymentMethodDetails`, `Checkout.Session`: as one would write it after `Stripe.`. */
  nameOf(symbol: ts.Symbol): string
}

export function readStripeTypes(folder: string): StripeTypes {
  const resources = join(folder, 'resources')
  const declarationFiles = filesBelow(resources, '.d.ts')
  const program = ts.createProgram({
    rootNames: declarationFiles,
    // Only names are resolved and nothing is checked, so the standard library can stay out.
    options: {
      noLib: true,
      types: [],
      skipLibCheck: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  })
  const checker = program.getTypeChecker()

  function sourceFile(path: string): ts.SourceFile {
    const file = program.getSourceFile(path)
    if (!file) throw new Error(`The stripe package has no file ${relative(folder, path)}.`)
    return file
  }

  function symbolOf(name: ts.Node): ts.Symbol | undefined {
    const symbol = checker.getSymbolAtLocation(name)
    if (!symbol) return undefined
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  }

  function exportsOf(path: string): ts.Symbol[] {
    const symbol = checker.getSymbolAtLocation(sourceFile(path))
    return symbol ? checker.getExportsOfModule(symbol) : []
  }

  function nameOf(symbol: ts.Symbol): string {
    const names: string[] = []
    for (let current: ts.Symbol | undefined = symbol; current; current = parentOf(current)) {
      if (current.flags & ts.SymbolFlags.ValueModule && current.declarations?.some(ts.isSourceFile)) break
      names.unshift(current.name)
    }
    const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? ''
    const folders = relative(resources, file).split(sep).slice(0, -1)
    // Files outside `resources` hold the few types that everything shares.
    if (folders[0] === '..') return names.join('.')
    // A few files spell out their namespaces, all the others leave it to their folder.
    const spelledOut = folders.every((part, position) => names[position] === part)
    return (spelledOut ? names : [...folders, ...names]).join('.')
  }

  return { sourceFile, declarationFiles, symbolOf, exportsOf, nameOf }
}

export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort()
}

/** The documentation comment of a declaration, as plain text. */
export function documentationOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const comment = comments.at(-1)
  if (!comment) return ''
  const deprecation = comment.tags?.find(ts.isJSDocDeprecatedTag)
  const text = cleanText(ts.getTextOfJSDocComment(comment.comment) ?? '')
  if (!deprecation || /^\W*deprecated/i.test(text)) return text
  return `Deprecated. ${cleanText(ts.getTextOfJSDocComment(deprecation.comment) ?? '')} ${text}`
    .replace(/\s+/g, ' ')
    .trim()
}

/** Internal to the compiler, and the only way up from a type to its namespace. */
function parentOf(symbol: ts.Symbol): ts.Symbol | undefined {
  return (symbol as ts.Symbol & { parent?: ts.Symbol }).parent
}
