import { html } from 'hono/html'
import type { DeviceRow } from '../../access/access.ts'
import { csrfField, moment, notice, type Html, type Page } from './page.ts'
import type { SignedIn } from './person-session.ts'

const NOTICES = {
  paired: 'The device is paired. It will notice by itself.',
  denied: 'The pairing was refused. The device got nothing.',
  revoked: 'The device is revoked. Its next request will be refused.',
}

/** Only texts of our own: an address cannot put words on the page. */
export function noticeOf(key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(NOTICES, key) ? NOTICES[key as keyof typeof NOTICES] : undefined
}

export function devicesPage(signedIn: SignedIn, devices: DeviceRow[], news: string | undefined): Page {
  const mayRevoke = signedIn.person.role !== 'viewer'
  return {
    ...signedIn,
    title: 'Devices',
    current: '/devices',
    body: html`<div class="row">
        <h1>Devices</h1>
        <a class="button quiet end" href="/pair">Pair a device</a>
      </div>
      <p class="lead">
        Agents that may use this hub. Each has its own key; none of them can approve anything.
      </p>
      ${news === undefined ? '' : notice('good', news)}
      ${
        devices.length === 0
          ? nothingYet()
          : html`<ul class="cards">
              ${devices.map((device) => card(signedIn, device, mayRevoke))}
            </ul>`
      }`,
  }
}

function nothingYet(): Html {
  return html`<section class="card empty">
    <h2>No devices yet</h2>
    <p>
      Run <code>clawlink pair</code> where your agent lives, or ask the agent to begin pairing. Then enter the
      code it shows.
    </p>
    <p><a class="button primary" href="/pair">Enter a code</a></p>
  </section>`
}

const STATES = {
  active: { text: 'Active', badge: 'good' },
  expired: { text: 'Expired', badge: 'warn' },
  revoked: { text: 'Revoked', badge: 'danger' },
} satisfies Record<DeviceRow['state'], { text: string; badge: string }>

function card(signedIn: SignedIn, device: DeviceRow, mayRevoke: boolean): Html {
  const { text, badge } = STATES[device.state]
  const isOver = device.revokedAt !== undefined
  return html`<li class="card">
    <div class="row">
      <h2>${device.label}</h2>
      <span class="badge ${badge}">${text}</span>
      ${device.scope.readOnly ? html`<span class="badge">Read only</span>` : ''}
      ${device.scope.chatApprovals ? html`<span class="badge">Asks in the chat</span>` : ''}
    </div>
    <dl class="facts">
      <dt>Id</dt>
      <dd><code>${device.id}</code></dd>
      <dt>Paired</dt>
      <dd>
        ${moment(device.createdAt)} by ${device.approvedByName ?? device.approvedBy}, from ${device.address}
      </dd>
      <dt>Last seen</dt>
      <dd>${device.lastSeenAt === undefined ? 'never' : moment(device.lastSeenAt)}</dd>
      ${ending(device)}
    </dl>
    ${isOver || !mayRevoke ? '' : revokeForm(signedIn, device)}
  </li>`
}

function ending(device: DeviceRow): Html {
  if (device.revokedAt !== undefined)
    return html`<dt>Revoked</dt>
      <dd>${moment(device.revokedAt)}</dd>`
  if (device.expiresAt === undefined) return html``
  return html`<dt>${device.state === 'expired' ? 'Expired' : 'Expires'}</dt>
    <dd>${moment(device.expiresAt)}</dd>`
}

/** Two steps without a script: what it does is read before it is done. */
function revokeForm(signedIn: SignedIn, device: DeviceRow): Html {
  return html`<details>
    <summary>Revoke…</summary>
    <form method="post" action="/devices/${device.id}/revoke">
      ${csrfField(signedIn.csrfToken)}
      <p>“${device.label}” loses access at once and must be paired again. Its history stays.</p>
      <button class="danger">Revoke this device</button>
    </form>
  </details>`
}
