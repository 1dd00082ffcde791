import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

interface Table {
  pairing: Tool[]
  agent: Tool[]
}
interface Tool {
  name: string
  reads: boolean
}

const ROOT = join(import.meta.dirname, '..')
const SOURCE = join(ROOT, 'packages/openclaw-plugin')
const SKILL = 'stripe-payments'

/** OpenClaw offers the skill while the plugin is enabled, and no longer. */
const REQUIRES = { openclaw: { requires: { config: ['plugins.entries.clawlink-plugin.enabled'] } } }

/** The skill shows commands for a shell; OpenClaw has tools of the same names. */
const IN_OPENCLAW = `In OpenClaw the commands below are tools of the same name: \`--params '{…}'\` is the argument \`params\`, and so on. Call
\`clawlink_call_tool\` for a write even without a confirmation: the user is then asked in the chat, or you get a link for them.`

/**
 * Leaves the plugin as ClawHub and npm are to get it: one file of JavaScript that needs nothing installed, its
 * manifest, and the skill.
 */
export async function buildPlugin(folder = join(SOURCE, 'dist')): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const bundled = await bundle(join(folder, 'dist/index.js'))
  writeFileSync(join(folder, 'THIRD_PARTY_NOTICES.md'), noticesOf(bundled))
  cpSync(join(SOURCE, 'assets'), join(folder, 'assets'), { recursive: true })
  cpSync(join(SOURCE, 'README.md'), join(folder, 'README.md'))
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  mkdirSync(join(folder, 'skills', SKILL), { recursive: true })
  writeFileSync(
    join(folder, 'skills', SKILL, 'SKILL.md'),
    forOpenClaw(readText(ROOT, 'skills', SKILL, 'SKILL.md')),
  )
  const manifest = publishedManifest()
  writeJson(join(folder, 'package.json'), manifest)
  writeJson(join(folder, 'openclaw.plugin.json'), pluginManifest(manifest.version))
  return folder
}

/** The names of the packages of others that the bundle holds. */
async function bundle(file: string): Promise<string[]> {
  const build = await rolldown({ input: join(SOURCE, 'src/index.ts'), platform: 'node', cwd: SOURCE })
  const { output } = await build.write({ file, format: 'esm' })
  await build.close()
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
  const names = modules.flatMap((id) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1] ?? [])
  return [...new Set(names)].toSorted()
}

/** Their licences ask to be passed on with the code. */
function noticesOf(names: string[]): string {
  const texts = names.map((name) => {
    const folder = join(ROOT, 'node_modules', name)
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    if (file === undefined) throw new Error(`${name} has no licence to pass on`)
    return `## ${name}\n\n${readText(folder, file).trim()}\n`
  })
  return `# What dist/index.js holds of others\n\n${texts.join('\n')}`
}

/** Everything it uses is in the bundle, so nothing is installed with it. */
function publishedManifest(): { version: string } {
  const {
    private: _p,
    dependencies: _d,
    ...manifest
  } = readJson(SOURCE, 'package.json') as { version: string } & Record<'private' | 'dependencies', unknown>
  return { ...manifest, engines: { node: '>=24.16' } } as { version: string }
}

/** The tools come from the same table as the code's. */
function pluginManifest(version: string): object {
  const table = readJson(SOURCE, 'src/tools.generated.json') as Table
  const tools = [...table.pairing, ...table.agent]
  return {
    ...(readJson(SOURCE, 'openclaw.plugin.json') as object),
    version,
    contracts: { tools: tools.map(({ name }) => name) },
    toolMetadata: Object.fromEntries(
      tools.map(({ name, reads }) => [
        name,
        { profiles: ['coding', 'messaging'], sideEffecting: !reads, replaySafe: reads },
      ]),
    ),
  }
}

function forOpenClaw(skill: string): string {
  const [, name = '', description = '', rest = ''] =
    /^---\nname: (.+)\ndescription: (.+)\n---\n([\s\S]*)$/.exec(skill) ?? []
  if (name !== SKILL) throw new Error('the skill’s frontmatter is not what this build knows')
  const title = /^# .+$/m
  const told = rest.replace(title, (line) => `${line}\n\n${IN_OPENCLAW}`)
  return `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\nmetadata: ${JSON.stringify(REQUIRES)}\n---\n${told}`
}

function readText(...path: string[]): string {
  return readFileSync(join(...path), 'utf8')
}

function readJson(...path: string[]): unknown {
  return JSON.parse(readText(...path))
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
