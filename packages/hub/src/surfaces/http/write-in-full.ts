import { html } from 'hono/html'
import type { ConfirmationView } from '../../confirmations/view.ts'
import { moment, notice, type Html } from './page.ts'

/** All that a write will do and that speaks against it; what a person has to have before their eyes to approve it. */
export function writeInFull(one: ConfirmationView): Html {
  return html`${repeats(one)} ${one.warnings.map((warning) => notice('warn', warning))} ${changes(one)}
  ${alsoSends(one)} ${one.irreversible === '' ? '' : html`<p><strong>${one.irreversible}</strong></p>`}`
}

function repeats({ repeats: before }: ConfirmationView): Html | '' {
  if (before === null) return ''
  return html`<p>
    <a href="/confirmations/${before.confirmation}">The same write before</a>: ${moment(before.at)},
    ${before.state}
  </p>`
}

function changes(one: ConfirmationView): Html {
  return html`<div class="scroll">
    <table>
      <caption>
        What changes
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        ${one.changes.map(
          (change) =>
            html`<tr>
              <th scope="row">${change.what}</th>
              <td>${change.before ?? '–'}</td>
              <td><strong>${change.after}</strong></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function alsoSends(one: ConfirmationView): Html | '' {
  if (one.also_sends.length === 0) return ''
  return html`<h2>Also sent, as it stands</h2>
    <dl class="facts">
      ${one.also_sends.map(
        ({ param, value }) =>
          html`<dt><code>${param}</code></dt>
            <dd>${value}</dd>`,
      )}
    </dl>`
}

/** The account as a person tells it from others. */
export function accountOf({ connection }: ConfirmationView): Html {
  return html`${connection.account_name} · ${connection.alias} · <code>${connection.account}</code>`
}

export function modeBadge({ connection }: ConfirmationView): Html {
  return connection.mode === 'live'
    ? html`<span class="badge danger">LIVE</span>`
    : html`<span class="badge">Test</span>`
}
