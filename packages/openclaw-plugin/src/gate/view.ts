import * as z from 'zod/mini'

/** What of a confirmation the gate acts on. An answer that does not hold all of it is not acted on at all. */
const View = z.object({
  confirmation: z.string().check(z.minLength(1)),
  state: z.string(),
  needs: z.enum(['none', 'agent', 'chat', 'dashboard', 'passkey']),
  connection: z.object({ mode: z.enum(['test', 'live']) }),
  summary: z.string().check(z.minLength(1)),
  changes: z.array(z.object({ what: z.string(), before: z.nullable(z.string()), after: z.string() })),
  warnings: z.array(z.string()),
  money: z.array(z.object({ currency: z.string(), decimal: z.string() })),
  irreversible: z.string(),
  intent_hash: z.string().check(z.minLength(1)),
  expires_at: z.iso.datetime(),
  approval_url: z.string(),
})
export type View = z.infer<typeof View>

export function readView(body: unknown): View | undefined {
  const parsed = View.safeParse(body)
  return parsed.success ? parsed.data : undefined
}

/** Where the policy lets the agent vouch, no person has been asked yet. */
export function isUpToTheAgent({ needs }: View): boolean {
  return needs === 'none' || needs === 'agent'
}
