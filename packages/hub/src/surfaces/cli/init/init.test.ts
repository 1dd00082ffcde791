import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestCli, type Ran, type TestCli } from '../test-cli.ts'
import { FILE_CLIENTS, type FileClient, type FileClientName } from './clients.ts'

let cli: TestCli
let folder: string
beforeEach(async () => {
  cli = await startTestCli()
  folder = mkdtempSync(join(tmpdir(), 'clawlink-init-'))
})
afterEach(async () => {
  await cli.close()
  rmSync(folder, { recursive: true })
})

const user = (): string => join(folder, 'user')
const project = (): string => join(folder, 'project')

/** A machine with nothing but what the test puts there. */
const init = (client: string, ...more: string[]): Promise<Ran> =>
  cli.run(['init', client, ...more], { env: { HOME: user(), PATH: join(folder, 'bin') } })

const NAMES = Object.keys(FILE_CLIENTS) as FileClientName[]
const clientOf = (name: FileClientName): FileClient => FILE_CLIENTS[name]
const inProject = (name: FileClientName): string[] =>
  clientOf(name).projectFile === undefined ? [] : ['--project', project()]

function put(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const fileOf = (ran: Ran): string => (ran.json() as { file: string }).file
const textOf = (file: string): string => readFileSync(file, 'utf8')
const backupOf = (file: string): string => `${file}.clawlink-backup`

/** What is in a user's file: comments, other servers, their own way to set it. */
const BEFORE: Record<FileClientName, string> = {
  claude:
    '{\n  // ours\n  "mcpServers": {\n    "other": {\n      "command": "npx" // as before\n    },\n  },\n}\n',
  'claude-desktop': '{\n\t"theme": "dark",\n\t"mcpServers": {}\n}',
  cursor: '{"mcpServers": {"other": {"url": "https://example.com/mcp"}}}',
  vscode: '{\r\n    "inputs": [],\r\n    /* kept */\r\n    "servers": {}\r\n}\r\n',
  codex:
    '# mine\nmodel = "x" # best\n\n[mcp_servers.other]\ncommand = "npx"\nargs = [\n  "-y", # yes\n]\n\n# more\n[profiles.a]\nn = 9_007_199_254_740_993\nd = 2026-01-02\n',
}

test.each(NAMES)('%s: a new file, and nothing of it after --undo', async (name) => {
  const made = await init(name, ...inProject(name))
  expect(made.exit, made.stderr).toBe(0)
  const { section } = clientOf(name)
  const format = await clientOf(name).format()
  const file = fileOf(made)
  expect(format.read(textOf(file))).toMatchObject({
    [section]: {
      clawlink: clientOf(name).isStdioAlone
        ? { command: process.execPath, args: [expect.stringMatching(/clawlink\.js$/), 'mcp'] }
        : { url: 'http://localhost:4747/mcp' },
    },
  })
  expect((await init(name, ...inProject(name))).json()).toMatchObject({ change: 'none' })
  expect((await init(name, ...inProject(name), '--undo')).json()).toMatchObject({ change: 'delete' })
  expect(readdirSync(dirname(file))).toEqual([])
  expect((await init(name, ...inProject(name), '--undo')).json()).toMatchObject({ change: 'none' })
})

test.each(NAMES)('%s: what was there stays, and --undo brings the very bytes back', async (name) => {
  const file = put(fileOf(await init(name, ...inProject(name), '--dry-run')), BEFORE[name])
  chmodSync(file, 0o640)
  expect((await init(name, ...inProject(name))).json()).toMatchObject({
    change: 'write',
    backup: backupOf(file),
  })
  expect(textOf(backupOf(file))).toBe(BEFORE[name])
  for (const one of [file, backupOf(file)]) expect(statSync(one).mode & 0o777).toBe(0o640)
  for (const comment of BEFORE[name].match(/(?:\/\/ |\/\*|#).*$/gm) ?? [])
    expect(textOf(file)).toContain(comment.trim())
  expect(textOf(file).includes('\r\n')).toBe(BEFORE[name].includes('\r\n'))

  // Another hub later: the backup is still of what the user had.
  await init(name, ...inProject(name), '--hub', 'https://hub.example.com')
  expect(textOf(file)).toContain('https://hub.example.com')
  expect(textOf(backupOf(file))).toBe(BEFORE[name])

  expect((await init(name, ...inProject(name), '--undo')).json()).toMatchObject({ change: 'restore' })
  expect(textOf(file)).toBe(BEFORE[name])
  expect(existsSync(backupOf(file))).toBe(false)
})

test.each(NAMES)('%s: --undo keeps what the user changed since', async (name) => {
  const { section } = clientOf(name)
  const format = await clientOf(name).format()
  const file = put(fileOf(await init(name, ...inProject(name), '--dry-run')), BEFORE[name])
  await init(name, ...inProject(name))
  const later =
    name === 'codex'
      ? `${textOf(file)}\n# later\n[tui]\nsound = true\n`
      : textOf(file).replace('{', '{\n  // later\n  "later": true,')
  writeFileSync(file, later)
  expect((await init(name, ...inProject(name), '--undo')).json()).toMatchObject({ change: 'remove_entry' })
  expect(textOf(file)).toContain(' later')
  expect(textOf(file)).not.toContain('clawlink')
  const { [section]: servers, ...others } = format.read(textOf(file))
  const before = format.read(BEFORE[name])
  expect(servers ?? {}).toEqual(before[section])
  expect(others).toEqual({
    ...before,
    [section]: undefined,
    ...(name === 'codex' ? { tui: { sound: true } } : { later: true }),
  })
})

test.each(NAMES)(
  '%s: --stdio has the client start the bridge, by its name where a shell finds it',
  async (name) => {
    const ran = await init(name, ...inProject(name), '--stdio', '--hub', 'https://hub.example.com')
    const bridge = ['mcp', '--hub', 'https://hub.example.com']
    expect(ran.json()).toMatchObject({
      server: { command: process.execPath, args: [expect.stringMatching(/clawlink\.js$/), ...bridge] },
    })
    const atNpm = join(folder, 'node_modules', '.bin')
    chmodSync(put(join(atNpm, 'clawlink'), ''), 0o755)
    const underNpm = await cli.run(['init', name, ...inProject(name), '--stdio', '--dry-run'], {
      env: { HOME: user(), PATH: atNpm },
    })
    expect(underNpm.json()).toMatchObject({ server: { command: process.execPath } })
    chmodSync(put(join(folder, 'bin', 'clawlink'), ''), 0o755)
    const named = await init(name, ...inProject(name), '--stdio', '--hub', 'https://hub.example.com')
    expect(named.json()).toMatchObject(
      clientOf(name).isStdioAlone ? { change: 'none' } : { server: { command: 'clawlink', args: bridge } },
    )
    expect((await init(name, ...inProject(name), '--undo')).json()).toMatchObject({ change: 'delete' })
  },
)

test('a paired machine tells its clients of the hub that it is paired with', async () => {
  await cli.pair()
  expect((await init('cursor', '--global')).json()).toMatchObject({ server: { url: `${cli.hub}/mcp` } })
})

test('a file that init made itself has no backup, also when it names another hub later', async () => {
  await init('cursor', '--global')
  const moved = await init('cursor', '--global', '--hub', 'https://hub.example.com')
  expect(moved.json()).toMatchObject({ change: 'write' })
  expect(moved.json()).not.toHaveProperty('backup')
  expect(readdirSync(join(user(), '.cursor'))).toEqual(['mcp.json'])
  expect((await init('cursor', '--global', '--undo')).json()).toMatchObject({ change: 'delete' })
})

test('--dry-run touches nothing', async () => {
  const ran = await init('cursor', '--project', project(), '--dry-run')
  expect(ran.json()).toMatchObject({ change: 'write', dry_run: true })
  expect(readdirSync(folder)).toEqual([])
})

test('a link stays a link, and what it points to is written', async () => {
  const file = put(join(folder, 'dotfiles', 'mcp.json'), BEFORE.cursor)
  const link = join(user(), '.cursor', 'mcp.json')
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(file, link)
  expect(fileOf(await init('cursor', '--global'))).toBe(file)
  expect(lstatSync(link).isSymbolicLink() && readlinkSync(link)).toBe(file)
  expect(textOf(file)).toContain('clawlink')
  await init('cursor', '--global', '--undo')
  expect(textOf(link)).toBe(BEFORE.cursor)
})

test.each<[string, FileClientName, string, RegExp]>([
  ['half a file', 'cursor', '{"mcpServers": {', /line 1, column \d+/],
  ['no object', 'cursor', '[1]', /not an object/],
  ['a list of servers', 'vscode', '{"servers": []}', /not a table/],
  [
    'the same key twice',
    'claude',
    '{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}',
    /cannot be edited safely/,
  ],
  ['broken TOML', 'codex', 'model = "x"\nmodel = \n', /line 2, column/],
  [
    'servers in one line of TOML',
    'codex',
    'mcp_servers = { a = { url = "x" } }\n',
    /cannot be edited safely/,
  ],
  ['a server of that name', 'cursor', '{"mcpServers": {"clawlink": {"command": "mine"}}}', /another server/],
])('%s is refused with its place, and not a byte changes', async (_what, name, text, reason) => {
  const file = put(fileOf(await init(name, ...inProject(name), '--dry-run')), text)
  const { exit, stderr } = await init(name, ...inProject(name))
  expect(exit).toBe(2)
  expect(stderr).toMatch(reason)
  expect(stderr).toContain(file)
  expect(textOf(file)).toBe(text)
  expect(readdirSync(dirname(file))).toEqual([file.slice(dirname(file).length + 1)])
})

test('what a person added to our server is theirs: it counts as configured, and --undo leaves it', async () => {
  const text =
    '{"mcpServers": {"clawlink": {"url": "http://localhost:4747/mcp", "headers": {"X-Team": "a"}}}}'
  const file = put(join(user(), '.cursor', 'mcp.json'), text)
  expect((await init('cursor', '--global')).json()).toMatchObject({ change: 'none' })
  const undo = await init('cursor', '--global', '--undo')
  expect(undo).toMatchObject({ exit: 2, stderr: expect.stringContaining('not as init wrote it') })
  expect(textOf(file)).toBe(text)
})

test('a link to nothing, and a folder where the file should be, are refused', async () => {
  const link = join(user(), '.cursor', 'mcp.json')
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(folder, 'gone.json'), link)
  expect(await init('cursor', '--global')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('not there'),
  })
  mkdirSync(join(project(), '.mcp.json'), { recursive: true })
  expect(await init('claude', '--project', project())).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('EISDIR'),
  })
})

test.each([
  [['claude', '--global'], 'claude mcp add --scope user --transport http clawlink http://localhost:4747/mcp'],
  [['codex', '--project', '/tmp'], 'one file for all projects'],
  [['cursor', '--global', '--project', '/tmp'], 'cannot be used with'],
  [['openclaw', '--stdio'], '--stdio means nothing'],
  [['emacs'], 'Allowed choices are'],
])('what cannot be done says what can: %j', async (words, told) => {
  const [client = '', ...more] = words
  expect(await init(client, ...more)).toMatchObject({ exit: 2, stderr: expect.stringContaining(told) })
})

test.each<[FileClientName, NodeJS.Platform, string]>([
  ['vscode', 'darwin', '/u/Library/Application Support/Code/User/mcp.json'],
  ['vscode', 'linux', '/u/.config/Code/User/mcp.json'],
  ['vscode', 'win32', '/appdata/Code/User/mcp.json'],
  ['claude-desktop', 'darwin', '/u/Library/Application Support/Claude/claude_desktop_config.json'],
  ['codex', 'linux', '/u/.codex/config.toml'],
])('%s keeps its file on %s in %s', (name, platform, expected) => {
  expect(clientOf(name).userFile?.({ platform, env: { APPDATA: '/appdata' }, userHome: '/u' })).toBe(expected)
})
