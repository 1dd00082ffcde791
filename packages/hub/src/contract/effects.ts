/** What a tool can do, from harmless to grave. */
export const EFFECTS = ['read', 'draft', 'change', 'money'] as const
export type Effect = (typeof EFFECTS)[number]

export function higherEffect(a: Effect, b: Effect): Effect {
  return EFFECTS.indexOf(a) >= EFFECTS.indexOf(b) ? a : b
}

export const MODES = ['test', 'live'] as const
export type Mode = (typeof MODES)[number]

/** How sure we are that a human said yes, from least to most. */
export const ASSURANCES = ['none', 'agent', 'chat', 'dashboard', 'passkey'] as const
export type Assurance = (typeof ASSURANCES)[number]

export function assuranceAtLeast(given: Assurance, needed: Assurance): boolean {
  const wanted = ASSURANCES.indexOf(needed)
  // One that we do not know (a newer hub may have stored it) is never reached.
  return wanted !== -1 && ASSURANCES.indexOf(given) >= wanted
}

export function higherAssurance(a: Assurance, b: Assurance): Assurance {
  return assuranceAtLeast(a, b) ? a : b
}
