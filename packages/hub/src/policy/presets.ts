import { DEFAULT_POLICY, type PolicyDocument } from './document.ts'

export interface Preset {
  name: string
  summary: string
  document: PolicyDocument
}

/** What an agent in test mode may move in a day without a person, in each of the usual currencies. */
const PLAY_MONEY = {
  usd: 100_000,
  eur: 100_000,
  gbp: 100_000,
  chf: 100_000,
  cad: 100_000,
  aud: 100_000,
  jpy: 100_000,
}

/** Policies to begin with, as data: what is chosen is copied, and then the workspace's own. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'watch only',
    summary: 'Agents read. Every write is denied.',
    document: {
      ...DEFAULT_POLICY,
      rules: [
        {
          id: 'watch-only',
          action: 'deny',
          note: 'Agents only watch here.',
          match: { effects: ['draft', 'change', 'money'] },
        },
      ],
    },
  },
  {
    name: 'careful',
    summary:
      'The default: a person approves what moves money or is seen outside; live money asks for the most.',
    document: DEFAULT_POLICY,
  },
  {
    name: 'trusted in test',
    summary: 'In test mode agents vouch for themselves, up to 1,000.00 a day; live is as careful as ever.',
    document: {
      ...DEFAULT_POLICY,
      assurance: {
        ...DEFAULT_POLICY.assurance,
        test: { read: 'none', draft: 'agent', change: 'agent', money: 'agent' },
      },
      rules: [
        {
          id: 'test-money-a-day',
          action: 'cap',
          note: 'Beyond this, a person looks.',
          match: { modes: ['test'], effects: ['money'] },
          per: 'day',
          limits: PLAY_MONEY,
          over: 'dashboard',
        },
      ],
    },
  },
]
