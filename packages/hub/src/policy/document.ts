import { z } from 'zod'
import { ASSURANCES, EFFECTS, MODES, type Assurance } from '../contract/effects.ts'
import { CURRENCIES } from '../contract/money.ts'

/** Longer lists than a person would read protect nobody. */
const MAX_RULES = 200
const MAX_ALLOWANCES = 50
const MAX_LISTED = 100

/** Usage is kept for this long, so no limit may look back further. */
export const USAGE_WINDOW_MS = 24 * 60 * 60 * 1000
export const MINUTE_MS = 60 * 1000
const MAX_VELOCITY_MINUTES = 24 * 60

/** An allowance is for the work at hand: what should hold for longer is the policy's table. */
export const ALLOWANCE_MAX_MS = 24 * 60 * 60 * 1000

/** Why more was needed although no rule says so: they stand beside the ids of rules. */
export const RAISES = ['uninterpreted', 'repeat'] as const

const assurance = z.enum(ASSURANCES)
const cells = z.strictObject({ read: assurance, draft: assurance, change: assurance, money: assurance })

const ruleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'an id holds lower-case letters, digits and -, at most 40')
  .refine((id) => !RAISES.some((raise) => raise === id), 'this id has a meaning already')
const note = z.string().min(1).max(200)

/** A list that is there says which; an empty one would say nothing, and is more likely a mistake. */
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MAX_LISTED).optional()
const named = z.string().min(1).max(120)
const match = z.strictObject({
  /** Globs with `*` alone. */
  tools: listOf(named),
  devices: listOf(named),
  connections: listOf(named),
  modes: listOf(z.enum(MODES)),
  effects: listOf(z.enum(EFFECTS)),
})
/** What a rule is about: all that every list given names. */
export type Match = z.infer<typeof match>

/** In the smallest unit of each currency. */
const limits = z.partialRecord(z.enum(CURRENCIES), z.int().min(0))
export type Limits = z.infer<typeof limits>

/** What a write that goes over a limit needs instead; lower than `agent` would ask nobody. */
const over = z.enum(['deny', 'agent', 'chat', 'dashboard', 'passkey'])
export type Over = z.infer<typeof over>

const origin = z
  .string()
  .max(300)
  .refine(
    // A star would be taken for a pattern by who writes it, and is none.
    (text) => /^https?:[^*]+$/.test(text) && URL.parse(text)?.origin === text,
    'an origin is written like https://shop.example.com, without a path',
  )

const base = { id: ruleId, note: note.optional(), match: match.default({}) }
/** Rules about what may be approved: a read has no approval, so it can only be denied. */
const aboutWrites = {
  ...base,
  match: match
    .refine((one) => one.effects?.includes('read') !== true, 'a read cannot be approved: deny it instead')
    .default({}),
}
const rule = z.discriminatedUnion('action', [
  z.strictObject({ ...base, action: z.literal('deny') }),
  z.strictObject({ ...aboutWrites, action: z.literal('raise'), to: over.exclude(['deny']) }),
  z.strictObject({
    ...aboutWrites,
    action: z.literal('cap'),
    per: z.enum(['call', 'day', 'customer_day']),
    /** A currency that is not named is over the cap. */
    limits: limits.refine((one) => Object.keys(one).length > 0, 'a cap names at least one currency'),
    over,
  }),
  z.strictObject({
    ...aboutWrites,
    action: z.literal('velocity'),
    writes: z.int().min(0).max(100_000),
    minutes: z.int().min(1).max(MAX_VELOCITY_MINUTES),
    over,
  }),
  z.strictObject({
    ...aboutWrites,
    action: z.literal('origins'),
    allowed: z.array(origin).max(MAX_LISTED),
    others: over,
  }),
])
export type Rule = z.infer<typeof rule>

const moment = z.iso.datetime()
const allowanceTerms = {
  note: note.optional(),
  match: aboutWrites.match,
  lower_to: z.enum(['agent', 'chat', 'dashboard']),
  /** What one call may move, and all calls that this allowance let through together. */
  per_call: limits,
  total: limits,
  expires_at: moment,
}
/** What an owner gives to make one. */
export const newAllowance = z.strictObject(allowanceTerms)
export type NewAllowance = z.infer<typeof newAllowance>

const allowance = z
  .strictObject({ ...allowanceTerms, id: named, made_at: moment })
  .refine(
    ({ made_at: made, expires_at: expires }) =>
      Date.parse(expires) > Date.parse(made) && Date.parse(expires) - Date.parse(made) <= ALLOWANCE_MAX_MS,
    'an allowance ends within 24 hours of when it was made',
  )
export type Allowance = z.infer<typeof allowance>

const unique = (all: Array<{ id: string }>): boolean => new Set(all.map(({ id }) => id)).size === all.length

/**
 * A workspace's policy. Unknown keys are refused. A document that was stored before there were rules means that it
 * has none, and is read so: what the audit log calls version 3 is never rewritten.
 */
export const policyDocument = z.strictObject({
  format: z.literal(1),
  /** How sure the hub must be that a person said yes, by mode and effect. */
  assurance: z.strictObject({ test: cells, live: cells }),
  rules: z.array(rule).max(MAX_RULES).refine(unique, 'two rules have the same id').default([]),
  allowances: z
    .array(allowance)
    .max(MAX_ALLOWANCES)
    .refine(unique, 'two allowances have the same id')
    .default([]),
})
export type PolicyDocument = z.infer<typeof policyDocument>

export const DEFAULT_POLICY: PolicyDocument = {
  format: 1,
  assurance: {
    test: { read: 'none', draft: 'agent', change: 'agent', money: 'dashboard' },
    live: { read: 'none', draft: 'chat', change: 'dashboard', money: 'passkey' },
  },
  rules: [],
  allowances: [],
}

/** Since when it matters what was let out; undefined where nothing of the document counts that. */
export function usageSince({ rules, allowances }: PolicyDocument, now: number): number | undefined {
  const minutes = rules.flatMap((one) => (one.action === 'velocity' ? [one.minutes] : []))
  const countsDay = rules.some((one) => one.action === 'cap' && one.per !== 'call')
  if (countsDay || allowances.length > 0) return now - USAGE_WINDOW_MS
  return minutes.length === 0 ? undefined : now - Math.max(...minutes) * MINUTE_MS
}

/** The assurance that a document asks for before any rule; undefined for a cell that it does not have. */
export function cellOf(policy: PolicyDocument, mode: string, effect: string): Assurance | undefined {
  const table: Partial<Record<string, Partial<Record<string, Assurance>>>> = policy.assurance
  const row = Object.hasOwn(table, mode) ? table[mode] : undefined
  return row !== undefined && Object.hasOwn(row, effect) ? row[effect] : undefined
}
