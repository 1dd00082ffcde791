import { html } from 'hono/html'
import type { Problem } from '../../contract/problem.ts'
import { requestText } from '../../confirmations/request-text.ts'
import type { ConfirmationView } from '../../confirmations/view.ts'
import type { WireRequest } from '../../integrations/define.ts'
import { STATE_WORDS } from './inbox-page.ts'
import { csrfField, moment, notice, passwordField, type Html, type Page } from './page.ts'
import type { SignedIn } from './person-session.ts'
import { accountOf, modeBadge, writeInFull } from './write-in-full.ts'

const PASSKEY_BY_API =
  'This page has no script, so it cannot ask for it: approve through the API, with the signature of your passkey.'

/** What a person reads before deciding: the hub's words, told from the bytes that will be sent; the agent's apart. */
export function confirmationPage(
  signedIn: SignedIn,
  one: ConfirmationView,
  request: WireRequest,
  { hasPasskey, problem }: { hasPasskey: boolean; problem?: Problem },
): Page {
  const { text, badge } = STATE_WORDS[one.state]
  return {
    ...signedIn,
    title: one.summary,
    current: '/',
    body: html`<p>
        ${modeBadge(one)}
        <span class="badge ${badge}">${text}</span>
      </p>
      <h1>${one.summary}</h1>
      ${problem === undefined ? '' : notice('danger', problem.message, problem.nextStep)} ${writeInFull(one)}
      ${facts(one)} ${agentNote(one)}
      <details>
        <summary>The exact request</summary>
        <pre tabindex="0"><code>${requestText(request)}</code></pre>
      </details>
      ${one.state === 'pending' ? decision(signedIn, one, hasPasskey) : ''}
      ${one.state === 'unknown' ? resolution(signedIn, one) : ''}`,
  }
}

function facts(one: ConfirmationView): Html {
  return html`<dl class="facts">
    <dt>Account</dt>
    <dd>${accountOf(one)}</dd>
    <dt>Asked by</dt>
    <dd>${one.device}</dd>
    <dt>Needs</dt>
    <dd>${needs(one)}</dd>
    <dt>${one.state === 'pending' ? 'Expires' : 'Asked'}</dt>
    <dd>${moment(one.state === 'pending' ? one.expires_at : one.created_at)}</dd>
    ${
      one.reason === null
        ? ''
        : html`<dt>Reason</dt>
            <dd>${one.reason}</dd>`
    }
  </dl>`
}

/** What the policy asks for, and which rules ask for it. */
function needs(one: ConfirmationView): string {
  const reasons = [
    ...one.raised_by.map(({ rule, why }) => `${rule}: ${why}`),
    ...(one.lowered_by === null ? [] : [`lowered by the allowance ${one.lowered_by}`]),
  ]
  return [one.needs, ...reasons].join(' · ')
}

function agentNote(one: ConfirmationView): Html | '' {
  if (one.agent_note === null) return ''
  return html`<section class="card" aria-labelledby="agent-note">
    <h2 id="agent-note">The agent’s own words</h2>
    <blockquote>${one.agent_note}</blockquote>
    <p class="muted small">Written by the agent and checked by nobody. It is no part of what you approve.</p>
  </section>`
}

function decision(signedIn: SignedIn, one: ConfirmationView, hasPasskey: boolean): Html {
  if (signedIn.person.role === 'viewer')
    return notice('warn', 'Your role may look at this, but not decide it.')
  const action = `/confirmations/${one.confirmation}`
  return html`${
      one.needs === 'passkey' && hasPasskey
        ? notice('warn', 'This needs your passkey.', PASSKEY_BY_API)
        : html`<form class="card" method="post" action="${action}">
            ${csrfField(signedIn.csrfToken)}
            <input type="hidden" name="intent_hash" value="${one.intent_hash}" />
            ${one.needs === 'passkey' ? passwordField('This moves live money.') : ''}
            <div class="actions">
              <button class="primary" name="decision" value="approve">Approve</button>
            </div>
          </form>`
    }
    <form class="card" method="post" action="${action}">
      ${csrfField(signedIn.csrfToken)}
      <div class="field">
        <label for="reason">Reason for the agent (optional)</label>
        <input id="reason" name="reason" type="text" maxlength="300" autocomplete="off" />
      </div>
      <div class="actions"><button class="danger" name="decision" value="deny">Deny</button></div>
    </form>`
}

/** For a write whose outcome nobody could prove: who has looked says how it ended. */
function resolution(signedIn: SignedIn, one: ConfirmationView): Html {
  if (signedIn.person.role === 'viewer')
    return notice('warn', 'An owner or approver has to look in Stripe, and say here how it ended.')
  return html`<form class="card" method="post" action="/confirmations/${one.confirmation}">
    ${csrfField(signedIn.csrfToken)}
    <h2>How did it end?</h2>
    <p>The hub could not find out. Look in Stripe, then say so here: it is never sent again by itself.</p>
    <div class="field">
      <label for="seen">What you saw in Stripe</label>
      <input id="seen" name="reason" type="text" required maxlength="300" autocomplete="off" />
    </div>
    <fieldset>
      <legend>So this write</legend>
      <label class="check"><input type="radio" name="ended" value="happened" required /> happened</label>
      <label class="check"
        ><input type="radio" name="ended" value="did_not_happen" required /> did not happen</label
      >
    </fieldset>
    <div class="actions"><button class="primary" name="decision" value="resolve">Say so</button></div>
  </form>`
}
