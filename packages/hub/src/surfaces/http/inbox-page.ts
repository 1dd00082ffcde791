import { html } from 'hono/html'
import type { State } from '../../confirmations/reducer.ts'
import type { ConfirmationView } from '../../confirmations/view.ts'
import { moment, type Html, type Page } from './page.ts'
import type { SignedIn } from './person-session.ts'

/** A state in a person's words, and how it is coloured. */
export const STATE_WORDS: Record<State, { text: string; badge: '' | 'good' | 'warn' | 'danger' }> = {
  pending: { text: 'Waits for you', badge: 'warn' },
  approved: { text: 'Approved, not called yet', badge: '' },
  denied: { text: 'Denied', badge: '' },
  expired: { text: 'Expired', badge: '' },
  revoked: { text: 'Void', badge: '' },
  stale: { text: 'Out of date', badge: '' },
  sending: { text: 'Being sent', badge: 'warn' },
  reconciling: { text: 'Outcome not known yet', badge: 'danger' },
  succeeded: { text: 'Done', badge: 'good' },
  failed: { text: 'Did not happen', badge: 'danger' },
  unknown: { text: 'Outcome unknown: look in Stripe', badge: 'danger' },
}

export function inboxPage(signedIn: SignedIn, waiting: ConfirmationView[], recent: ConfirmationView[]): Page {
  return {
    ...signedIn,
    title: 'Inbox',
    current: '/',
    body: html`<h1>Inbox</h1>
      ${
        waiting.length === 0
          ? html`<section class="card empty">
              <h2>Nothing waits for you</h2>
              <p>When an agent wants to do something that needs a person, it appears here.</p>
            </section>`
          : html`<ul class="cards">
              ${waiting.map(card)}
            </ul>`
      }
      ${
        recent.length === 0
          ? ''
          : html`<h2>Recent</h2>
              <ul class="cards">
                ${recent.map(card)}
              </ul>`
      }`,
  }
}

function card(one: ConfirmationView): Html {
  const { text, badge } = STATE_WORDS[one.state]
  return html`<li class="card">
    <p>
      <a href="/confirmations/${one.confirmation}"><strong>${one.summary}</strong></a>
    </p>
    <p class="muted small">
      <span class="badge ${badge}">${text}</span> ${one.device} · ${one.connection.alias} ·
      ${moment(one.created_at)}
    </p>
  </li>`
}

export function welcomePage(): Page {
  return {
    title: 'Set up this hub',
    narrow: true,
    body: html`<h1>Set up this hub</h1>
      <p class="lead">This hub has no owner yet. Open the set-up link that it printed when it started.</p>
      <p>Lost it? Stop the hub and start it again: it prints a new one.</p>`,
  }
}

export function connectStripePage(signedIn: SignedIn): Page {
  return {
    ...signedIn,
    title: 'Connect Stripe',
    narrow: true,
    body: html`<h1>Connect Stripe</h1>
      <p class="lead">Agents never see the key: it is sealed in the hub’s vault.</p>
      <ol>
        <li>Make a <strong>restricted key</strong> in the Stripe Dashboard, under Developers → API keys.</li>
        <li>
          On the hub’s machine run this, and paste the key when it asks:
          <pre><code>clawlink connections add --alias my-account</code></pre>
        </li>
      </ol>`,
  }
}
