import type { PlantedBug } from './bug.ts'

/** Ways to send something twice, without a trace, or when it must not be sent. */
export const SENDING_BUGS: readonly PlantedBug[] = [
  {
    name: 'it is sent before the transaction is committed',
    file: 'calls/run-call.ts',
    find: `  const applied = await auditedTransaction(calls.context, (tx) =>
    takeWithinPolicy(calls, tx, actor, intent, plan),
  )`,
    replace: `  const applied = await auditedTransaction(calls.context, async (tx) => {
    const done = await takeWithinPolicy(calls, tx, actor, intent, plan)
    if (done !== 'policy_changed' && done.ok)
      void integration.send(intent.request, { origin: '', key: undefined as never, idempotencyKey: intent.idempotencyKey })
    return done
  })`,
  },
  {
    name: 'it is sent although the transaction failed',
    file: 'calls/run-call.ts',
    find: `  const applied = await auditedTransaction(calls.context, (tx) =>
    takeWithinPolicy(calls, tx, actor, intent, plan),
  )`,
    replace: `  let done: Awaited<ReturnType<typeof takeWithinPolicy>> | undefined
  const applied = await auditedTransaction(calls.context, async (tx) => {
    done = await takeWithinPolicy(calls, tx, actor, intent, plan)
    return done
  }).catch((error: unknown) => {
    if (done === undefined) throw error
    return done
  })`,
  },
  {
    name: 'who waits for a commit hears of it before it is there',
    file: 'storage/group-commit.ts',
    find: `          for (const one of together) await one.run(tx)
        })
        for (const one of together) one.settle()`,
    replace: `          for (const one of together) await one.run(tx)
          for (const one of together) one.settle()
        })`,
  },
  {
    name: 'a failed transaction is not rolled back',
    file: 'storage/group-commit.ts',
    find: 'await sql`rollback to savepoint work`.execute(tx)',
    replace: 'await Promise.resolve()',
  },
  {
    name: 'a failed commit is called done',
    file: 'storage/group-commit.ts',
    find: 'for (const one of together) one.fail(error)',
    replace: 'for (const one of together) Math.random() < 0 ? one.fail(error) : one.settle()',
  },
  {
    name: 'each attempt has a new key',
    file: 'calls/send-confirmation.ts',
    find: `idempotencyKey: intent.request.method === 'POST' ? intent.idempotencyKey : undefined,`,
    replace: `idempotencyKey: intent.request.method === 'POST' ? intent.idempotencyKey + (progress.attempts > 1 ? String(progress.attempts) : '') : undefined,`,
  },
  {
    name: 'keys are used for several confirmations',
    file: 'calls/preview-call.ts',
    find: `idempotencyKey: context.newId('idem'),`,
    replace: `idempotencyKey: \`idem_\${connection.id}\`,`,
  },
  {
    name: 'writes have no key',
    file: 'calls/send-confirmation.ts',
    find: `idempotencyKey: intent.request.method === 'POST' ? intent.idempotencyKey : undefined,`,
    replace: `idempotencyKey: undefined,`,
  },
  {
    name: 'other bytes are sent again than the first time',
    file: 'calls/send-confirmation.ts',
    find: 'return integration.send(intent.request, {',
    replace: `return integration.send(progress.attempts > 1 ? { ...intent.request, body: intent.request.body + '&expand=1' } : intent.request, {`,
  },
  {
    name: 'a resend is not written down',
    file: 'calls/send-confirmation.ts',
    find: `const again = await resend(calls, actor, current, answer)`,
    replace: `if (Math.random() < 2) continue
    const again = await resend(calls, actor, current, answer)`,
  },
  {
    name: 'a resend is written down after it',
    file: 'calls/send-confirmation.ts',
    find: `const again = await resend(calls, actor, current, answer)`,
    replace: `void attempt(calls, integration, current)
    const again = await resend(calls, actor, current, answer)`,
  },
  {
    name: 'changes have no audit row',
    file: 'confirmations/store.ts',
    find: 'action: `confirmation.${name}`,\n        subject: id,',
    replace: "action: `confirmation.${name === 'resent' ? 'seen' : name}`,\n        subject: id,",
  },
  {
    name: 'the lease is not looked at before it is sent',
    file: 'calls/send-confirmation.ts',
    find: `if (progress.leaseUntil === null || endsBy > progress.leaseUntil) return 'lease_too_short'`,
    replace: '',
  },
  {
    name: 'a DELETE is sent again after a crash',
    file: 'calls/recover-calls.ts',
    find: `if (intent.request.method === 'DELETE') return 'the hub stopped before the answer came'`,
    replace: '',
  },
  {
    name: 'a DELETE is sent again when its answer is lost',
    file: 'integrations/stripe/wire/judge.ts',
    find: `const mayResend = request.method !== 'DELETE'`,
    replace: `const mayResend = request.method !== ''`,
  },
  {
    name: 'a refusal is sent again',
    file: 'integrations/stripe/wire/judge.ts',
    find: `if (status >= 400 && status < 500 && error !== undefined) return 'rejected'`,
    replace: `if (status >= 400 && status < 500 && error !== undefined) return 'busy'`,
  },
  {
    name: 'a lease does not hold',
    file: 'confirmations/reducer.ts',
    find: `if (!event.holderGone && progress.leaseUntil !== null && now < progress.leaseUntil)
        return refuse('lease_held')`,
    replace: '',
  },
  {
    name: 'who takes over gets no token of its own',
    file: 'confirmations/reducer.ts',
    find: `        fencing: progress.fencing + 1,
        holder: event.holder,
        leaseUntil: now + LEASE_SECONDS * 1000,
        attempts: progress.attempts + 1,`,
    replace: `        fencing: progress.fencing,
        holder: event.holder,
        leaseUntil: now + LEASE_SECONDS * 1000,
        attempts: progress.attempts + 1,`,
  },
  {
    name: 'the token of an earlier holder is good for sending again',
    file: 'confirmations/reducer.ts',
    find: `      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      if (tooLate(progress, now)) return refuse('too_late_to_resend')
      return become({ attempts: progress.attempts + 1, leaseUntil: now + LEASE_SECONDS * 1000 })`,
    replace: `      if (tooLate(progress, now)) return refuse('too_late_to_resend')
      return become({ attempts: progress.attempts + 1, leaseUntil: now + LEASE_SECONDS * 1000 })`,
  },
  {
    name: 'the 20 hours are forgotten',
    file: 'confirmations/reducer.ts',
    find: 'now - progress.firstSentAt > RESEND_BOUND_SECONDS * 1000',
    replace: 'now - progress.firstSentAt > 9 * RESEND_BOUND_SECONDS * 1000',
  },
  {
    name: 'the 20 hours begin anew with each attempt',
    file: 'confirmations/reducer.ts',
    find: 'return become({ attempts: progress.attempts + 1, leaseUntil: now + LEASE_SECONDS * 1000 })',
    replace:
      'return become({ attempts: progress.attempts + 1, leaseUntil: now + LEASE_SECONDS * 1000, firstSentAt: now })',
  },
  {
    name: 'what was sent can be taken once more',
    file: 'confirmations/reducer.ts',
    find: `if (state !== 'approved' || progress.approval === null) return refuse('wrong_state')`,
    replace: `if ((state !== 'approved' && state !== 'sending') || progress.approval === null) return refuse('wrong_state')`,
  },
  {
    name: 'a frozen connection is used',
    file: 'connections/connections.ts',
    find: `if (row.state !== 'active') {`,
    replace: `if (row.state === '') {`,
    also: [
      {
        file: 'connections/is-active.ts',
        find: `return row?.state === 'active'`,
        replace: 'return row !== undefined',
      },
    ],
  },
]
