import { html } from 'hono/html'
import type { Pairing } from '../../access/access.ts'
import type { Problem } from '../../contract/problem.ts'
import { csrfField, moment, notice, type Html, type Page } from './page.ts'
import type { SignedIn } from './person-session.ts'

export function enterCodePage(signedIn: SignedIn, problem?: Problem): Page {
  return {
    ...signedIn,
    title: 'Pair a device',
    current: '/devices',
    narrow: true,
    body: html`<h1>Pair a device</h1>
      <p class="lead">Enter the code that the agent or the terminal shows.</p>
      ${problem === undefined ? '' : notice('danger', problem.message, problem.nextStep)}
      <form class="card" method="get" action="/pair">
        <div class="field">
          <label for="code">Code</label>
          <input
            id="code"
            class="pairing-code"
            name="code"
            type="text"
            required
            autofocus
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            maxlength="20"
            aria-describedby="code-hint"
          />
          <p class="hint" id="code-hint">Eight letters, such as BCDF-GHJK.</p>
        </div>
        <div class="actions"><button class="primary">Continue</button></div>
      </form>`,
  }
}

export function pairingPage(signedIn: SignedIn, pairing: Pairing): Page {
  return {
    ...signedIn,
    title: 'Pair this device?',
    current: '/devices',
    narrow: true,
    body: html`<h1>Pair this device?</h1>
      <p class="lead">Say yes only if you started this yourself and the device shows the same code.</p>
      <section class="card" aria-label="What is asked">
        <strong class="big-code">${pairing.userCode}</strong>
        <dl class="facts">
          <dt>Calls itself</dt>
          <dd>“${pairing.label}”</dd>
          <dt>Asked from</dt>
          <dd><code>${pairing.address}</code></dd>
          <dt>Asks to</dt>
          <dd>${pairing.requested.readOnly ? 'read only' : 'read, and ask for changes'}</dd>
          <dt>Valid until</dt>
          <dd>${moment(pairing.expiresAt)}</dd>
        </dl>
      </section>
      ${signedIn.person.role === 'viewer' ? forViewers() : decision(signedIn, pairing)}`,
  }
}

function decision(signedIn: SignedIn, pairing: Pairing) {
  return html`<form class="card" method="post" action="/pair">
    ${csrfField(signedIn.csrfToken)}
    <input type="hidden" name="code" value="${pairing.userCode}" />
    ${readOnlyField(pairing.requested.readOnly)} ${pairing.requested.chatApprovals ? chatApprovals() : ''}
    <div class="actions">
      <button class="primary" name="decision" value="approve">Pair</button>
      <button class="quiet" name="decision" value="deny">Refuse</button>
    </div>
  </form>`
}

/** `forced`: it was asked for no more, so there is nothing to choose. */
export function readOnlyField(forced: boolean): Html {
  return html`<div class="check">
      <input
        id="read_only"
        name="read_only"
        type="checkbox"
        value="yes"
        aria-describedby="read-only-hint"
        ${forced ? html`checked disabled` : ''}
      />
      <label for="read_only">Read only</label>
    </div>
    <p class="hint" id="read-only-hint">
      ${
        forced
          ? 'No more than this was asked for.'
          : 'It can then look things up, but not even ask for a change. A paired device can never approve anything itself.'
      }
    </p>`
}

/** Asked for by what shows approvals in a chat; the person who pairs it can say no to that alone. */
function chatApprovals() {
  return html`<div class="check">
      <input
        id="chat_approvals"
        name="chat_approvals"
        type="checkbox"
        value="yes"
        checked
        aria-describedby="chat-approvals-hint"
      />
      <label for="chat_approvals">Pass on what people answer in its chat</label>
    </div>
    <p class="hint" id="chat-approvals-hint">
      It then asks in the chat before it writes. That counts where your policy asks for “chat”, and never for
      what has to be approved on this hub. Leave it out if others can answer there for you.
    </p>`
}

export function forViewers(): Html {
  return notice(
    'warn',
    'You can look at this, but not decide it.',
    'Ask an owner or an approver of this hub to open this page.',
  )
}
