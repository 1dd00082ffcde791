import { html } from 'hono/html'
import type { State } from '../../confirmations/reducer.ts'
import type { ConfirmationView } from '../../confirmations/view.ts'
import { MAX_BATCH, type BatchAnswer, type BatchInput } from '../approve-batch.ts'
import { csrfField, moment, notice, passwordField, type Html, type Page } from './page.ts'
import type { SignedIn } from './person-session.ts'
import { accountOf, modeBadge, writeInFull } from './write-in-full.ts'

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

/** As many as the inbox shows, and so as many boxes as its form can send. */
export const WAITING_SHOWN = 100

export interface Inbox {
  waiting: ConfirmationView[]
  recent: ConfirmationView[]
  /** Who has a passkey approves with it where it is needed, one by one. */
  hasPasskey: boolean
}

export function inboxPage(signedIn: SignedIn, inbox: Inbox): Page {
  const { recent } = inbox
  return {
    ...signedIn,
    title: 'Inbox',
    current: '/',
    body: html`<h1>Inbox</h1>
      ${
        inbox.waiting.length === 0
          ? html`<section class="card empty">
              <h2>Nothing waits for you</h2>
              <p>When an agent wants to do something that needs a person, it appears here.</p>
            </section>`
          : waitingList(signedIn, inbox)
      }
      ${
        recent.length === 0
          ? ''
          : html`<h2>Recent</h2>
              <ul class="cards">
                ${recent.map((one) => card(one))}
              </ul>`
      }`,
  }
}

/** What can be ticked is shown in full right there: nothing is approved that was not before one's eyes. */
function waitingList(signedIn: SignedIn, { waiting, hasPasskey }: Inbox): Html {
  const canTick = (one: ConfirmationView): boolean =>
    signedIn.person.role !== 'viewer' && one.state === 'pending' && !(one.needs === 'passkey' && hasPasskey)
  const list = html`<ul class="cards">
    ${waiting.map((one, at) => card(one, canTick(one) ? box(one, at + 1) : ''))}
  </ul>`
  const tickable = waiting.filter(canTick)
  if (tickable.length === 0) return list
  return html`<form method="post" action="/confirmations">
    ${csrfField(signedIn.csrfToken)} ${list}
    ${
      tickable.some((one) => one.needs === 'passkey')
        ? passwordField('For the ticked ones that move live money.', false)
        : ''
    }
    <div class="actions">
      <button class="primary">Approve the ticked ones</button>
      <span class="muted small">At most ${MAX_BATCH} at once; each is decided by itself.</span>
    </div>
  </form>`
}

function box(one: ConfirmationView, number: number): Html {
  const name = `pick${number}`
  return html`${writeInFull(one)}
    <p class="small">${accountOf(one)} · needs ${one.needs}</p>
    ${one.agent_note === null ? '' : html`<p class="muted small">With a note of the agent’s: open it to read it.</p>`}
    <label class="check" for="${name}">
      <input
        type="checkbox"
        id="${name}"
        name="${name}"
        value="${one.confirmation} ${one.intent_hash}"
        aria-describedby="${one.confirmation}"
      />
      Approve this
    </label>`
}

/** The boxes of the form that were ticked: each names a confirmation and what was shown of it. */
export function readTicked(form: (name: string) => string): BatchInput['items'] {
  return Array.from({ length: WAITING_SHOWN }, (_, at) => form(`pick${at + 1}`))
    .filter((value) => value !== '')
    .map((value) => {
      const [confirmation = '', intentHash = ''] = value.split(' ')
      return { confirmation, intent_hash: intentHash }
    })
}

/** What became of each that was ticked. */
export function batchPage(signedIn: SignedIn, answers: BatchAnswer[]): Page {
  const approved = answers.filter((answer) => answer.approved).length
  return {
    ...signedIn,
    title: 'Approved',
    current: '/',
    narrow: true,
    body: html`<h1>${approved} of ${answers.length} approved</h1>
      <ul class="cards">
        ${answers.map(
          (answer) =>
            html`<li class="card">
              <p><a href="/confirmations/${answer.confirmation}">${answer.confirmation}</a></p>
              ${
                answer.approved
                  ? notice('good', STATE_WORDS[answer.state].text)
                  : notice('danger', answer.error.message, answer.error.next_step)
              }
            </li>`,
        )}
      </ul>
      <p><a href="/">Back to the inbox</a></p>`,
  }
}

function card(one: ConfirmationView, more: Html | '' = ''): Html {
  const { text, badge } = STATE_WORDS[one.state]
  return html`<li class="card">
    <p>
      <a href="/confirmations/${one.confirmation}" id="${one.confirmation}"
        ><strong>${one.summary}</strong></a
      >
    </p>
    <p class="muted small">
      ${modeBadge(one)} <span class="badge ${badge}">${text}</span> ${one.device} · ${one.connection.alias} ·
      ${moment(one.created_at)}
    </p>
    ${more}
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
