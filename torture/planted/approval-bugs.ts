import type { PlantedBug } from './bug.ts'

/** Ways to let something through that nobody approved, or approved otherwise. */
export const APPROVAL_BUGS: readonly PlantedBug[] = [
  {
    name: 'the params of a call are not compared',
    file: 'calls/run-call.ts',
    find: 'paramsHash(integration, card, input.params) === intent.paramsHash',
    replace: 'true',
  },
  {
    name: 'the tool of a call is not compared',
    file: 'calls/run-call.ts',
    find: 'card.name === intent.tool &&',
    replace: 'true &&',
  },
  {
    name: 'a mismatch does not burn the confirmation',
    file: 'confirmations/reducer.ts',
    find: `      if (state !== 'pending' && state !== 'approved') return refuse('wrong_state')
      return become({ state: 'revoked', reason: event.because })`,
    replace: `      if (state !== 'pending' && state !== 'approved') return refuse('wrong_state')
      if (event.because === 'params_changed') return become({})
      return become({ state: 'revoked', reason: event.because })`,
  },
  {
    name: 'another device may call it',
    file: 'calls/run-call.ts',
    find: 'if (intent.device !== actor.deviceId) {',
    replace: 'if (intent.device === actor.label + actor.deviceId) {',
  },
  {
    name: 'what is pending is taken as well',
    file: 'confirmations/reducer.ts',
    find: `if (state !== 'approved' || progress.approval === null) return refuse('wrong_state')`,
    replace: `if (state !== 'approved' && state !== 'pending') return refuse('wrong_state')
      progress = { ...progress, approval: progress.approval ?? { assurance: 'passkey', by: 'nobody', at: now } }`,
  },
  {
    name: 'the hub approves by itself',
    file: 'calls/preview-call.ts',
    find: `if (assuranceAtLeast('agent', intent.needed)) {
    const step = reduce(progress, { type: 'approve', approval: { assurance: 'agent', by: 'policy' } }, now)`,
    replace: `if (assuranceAtLeast('dashboard', intent.needed)) {
    const step = reduce(progress, { type: 'approve', approval: { assurance: 'passkey', by: 'policy' } }, now)`,
  },
  {
    name: 'an approval below what is needed counts',
    file: 'confirmations/reducer.ts',
    find: `if (!assuranceAtLeast(event.approval.assurance, progress.needed)) return refuse('assurance_too_low')`,
    replace: '',
  },
  {
    name: 'a device approves',
    file: 'confirmations/decide-confirmation.ts',
    find: `if (actor.type !== 'person') throw new Problem('forbidden', 'Only a signed-in person can decide this.')`,
    replace: `if (actor.type !== 'person') return { ...actor, type: 'person', personId: 'x', name: 'x', role: 'owner' } as never`,
  },
  {
    name: 'a viewer approves',
    file: 'confirmations/decide-confirmation.ts',
    find: `if (actor.role !== 'owner' && actor.role !== 'approver') {`,
    replace: `if (actor.role === ('' as string)) {`,
  },
  {
    name: 'what was denied can still be taken',
    file: 'confirmations/reducer.ts',
    find: `return become({ state: 'denied', reason: event.reason })`,
    replace: `return become({ reason: event.reason })`,
  },
  {
    name: 'expiry is ignored',
    file: 'confirmations/reducer.ts',
    find: `return waits && now >= progress.expiresAt ? 'expired' : progress.state`,
    replace: `return waits && now < 0 ? 'expired' : progress.state`,
  },
  {
    name: 'an approval does not expire',
    file: 'confirmations/reducer.ts',
    find: `approval: { ...event.approval, at: now },
        expiresAt: now + CONFIRMATION_TTL_SECONDS * 1000,`,
    replace: `approval: { ...event.approval, at: now },
        expiresAt: now + 1000 * CONFIRMATION_TTL_SECONDS * 1000,`,
  },
  {
    name: 'a change of the policy leaves what was approved',
    file: 'calls/take-within-policy.ts',
    find: 'if (version !== intent.policyVersion) {',
    replace: 'if (version < 0) {',
    also: [
      {
        file: 'calls/run-call.ts',
        find: 'if (policy.version !== intent.policyVersion || integration.catalogHash !== intent.catalogHash) {',
        replace: 'if (integration.catalogHash !== intent.catalogHash) {',
      },
      {
        file: 'calls/policy/change-policy.ts',
        find: `revokeWaiting(context, tx, actor, 'policy_changed')`,
        replace: 'Promise.resolve(tx === undefined ? 1 : 0)',
      },
    ],
  },
  {
    name: 'a change of the policy revokes nothing at once',
    file: 'calls/policy/change-policy.ts',
    find: `revokeWaiting(context, tx, actor, 'policy_changed')`,
    replace: 'Promise.resolve(tx === undefined ? 1 : 0)',
  },
  {
    name: 'a revoked device keeps its approvals',
    file: 'confirmations/revoke-waiting.ts',
    find: `.where('state', 'in', ['pending', 'approved'])`,
    replace: `.where('state', 'in', ['pending'])`,
  },
  {
    name: 'a stopped connection revokes nothing',
    file: 'connections/connections.ts',
    find: `await audit.append(tx, { actor, action: 'connection.frozen', subject: id, detail: { reason } })
      await whenStopped(tx, actor, id)`,
    replace: `await audit.append(tx, { actor, action: 'connection.frozen', subject: id, detail: { reason } })`,
  },
  {
    name: 'revocation does nothing',
    file: 'confirmations/reducer.ts',
    find: `return become({ state: 'revoked', reason: event.because })`,
    replace: `return become({ reason: event.because })`,
  },
  {
    name: 'a repeat is not noticed',
    file: 'calls/policy-for-call.ts',
    find: `if (repeat !== undefined) raisedBy.push('repeat')`,
    replace: '',
  },
  {
    name: 'a repeat is looked for among what succeeded alone',
    file: 'confirmations/store.ts',
    find: `.where('state', 'in', ['sending', 'reconciling', 'succeeded', 'unknown'])`,
    replace: `.where('state', 'in', ['succeeded'])`,
  },
  {
    name: 'the policy is not asked again when it is taken',
    file: 'calls/take-within-policy.ts',
    find: `const allowed = orBlocked(decision)
  const { approval } = applied.confirmation.progress
  if (approval === null || !assuranceAtLeast(approval.assurance, allowed.assurance)) {`,
    replace: `const allowed = decision.ok ? decision : { assurance: 'agent' as const, allowance: null, reasons: [] }
  const { approval } = applied.confirmation.progress
  if (approval === null) {`,
  },
  {
    name: 'a cap counts nothing',
    file: 'calls/policy-for-call.ts',
    find: 'usage: since === undefined ? [] : await readUsage(db, actor.workspace, since),',
    replace: 'usage: [],',
  },
  {
    name: 'usage is not written down',
    file: 'calls/take-within-policy.ts',
    find: 'await recordUsage(tx,',
    replace: 'if (intent.id === tx.toString()) await recordUsage(tx,',
  },
  {
    name: 'an allowance is never used up',
    file: 'policy/decide.ts',
    find: 'one.allowance === allowance.id && !one.isRefused',
    replace: `one.allowance === 'none'`,
  },
  {
    name: 'an allowance has no end',
    file: 'policy/decide.ts',
    find: 'if (now < Date.parse(allowance.made_at) || now >= Date.parse(allowance.expires_at)) return false',
    replace: '',
  },
  {
    name: 'a denial by the policy is ignored',
    file: 'policy/decide.ts',
    find: 'if (denied !== undefined) return deny(denied.rule, denied.why)',
    replace: '',
  },
  {
    name: 'staleness is not looked for',
    file: 'calls/run-call.ts',
    find: 'if (changed.length === 0 && canonicalJson(plan.request) === canonicalJson(intent.request)) return plan',
    replace: 'return plan',
  },
  {
    name: 'other bytes are stored than were asked for',
    file: 'calls/preview-call.ts',
    find: '    request: plan.request,',
    replace: `    request: { ...plan.request, body: plan.request.body.replace('amount=2', 'amount=3') },`,
  },
]
