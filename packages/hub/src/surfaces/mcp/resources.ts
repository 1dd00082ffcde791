import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { agentEndpoint } from '../agent-endpoints.ts'
import { renderSkill } from '../skill/render-skill.ts'
import type { McpHost } from './host.ts'

const CATALOG_URI = 'clawlink://catalog'
const SKILL_URI = 'clawlink://skill'
const PAGE = 200

const Page = z.object({
  groups: z.array(z.object({ group: z.string(), tools: z.array(z.looseObject({ name: z.string() })) })),
  next_cursor: z.string().optional(),
})
type Group = z.infer<typeof Page>['groups'][number]

/** What a client can attach to a conversation: the catalog by group, and the skill. */
export function addResources(server: McpServer, host: McpHost): void {
  server.registerResource(
    'catalog',
    CATALOG_URI,
    { title: 'Catalog', description: 'The groups of tools.', mimeType: 'application/json' },
    async (uri, ctx) => {
      const groups = await readCatalog(host, ctx.mcpReq.signal)
      const shown = groups.map(({ group, tools }) => ({
        group,
        tools: tools.length,
        uri: `${CATALOG_URI}/${slugOf(group)}`,
      }))
      return jsonAt(uri.href, { groups: shown })
    },
  )

  const template = new ResourceTemplate(`${CATALOG_URI}/{group}`, {
    list: undefined,
    complete: {
      async group(begun) {
        const groups = await readCatalog(host, new AbortController().signal)
        return groups.map(({ group }) => slugOf(group)).filter((slug) => slug.includes(begun.toLowerCase()))
      },
    },
  })
  server.registerResource(
    'catalog-group',
    template,
    {
      title: 'Tools of a group',
      description: 'Name, one line, mode and effect of each.',
      mimeType: 'application/json',
    },
    async (uri, variables, ctx) => {
      const groups = await readCatalog(host, ctx.mcpReq.signal)
      const found = groups.find(({ group }) => slugOf(group) === variables['group'])
      if (found === undefined) throw new ResourceNotFoundError(uri.href)
      return jsonAt(uri.href, found)
    },
  )

  server.registerResource(
    'skill',
    SKILL_URI,
    {
      title: 'How to work with Stripe',
      description: 'Rules, tools, examples, errors.',
      mimeType: 'text/markdown',
    },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/markdown', text: renderSkill(await host.toolCards()) }],
    }),
  )
}

/** All pages of the list, group by group. */
async function readCatalog(host: McpHost, signal: AbortSignal): Promise<Group[]> {
  const groups = new Map<string, Group>()
  let cursor: string | undefined
  do {
    const outcome = await host.run(
      agentEndpoint('clawlink_list_tools'),
      cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor },
      signal,
    )
    if (!outcome.ok) {
      const { message, ...rest } = outcome.problem.error
      throw new ProtocolError(ProtocolErrorCode.InternalError, message, rest)
    }
    const page = Page.parse(outcome.answer)
    for (const { group, tools } of page.groups) {
      const known = groups.get(group)
      if (known === undefined) groups.set(group, { group, tools: [...tools] })
      else known.tools.push(...tools)
    }
    cursor = page.next_cursor
  } while (cursor !== undefined)
  return [...groups.values()]
}

/** As an address spells it: `Payment Intents & Charges` is `payment-intents-charges`. */
function slugOf(group: string): string {
  return group
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}

function jsonAt(uri: string, value: unknown) {
  return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(value) }] }
}
