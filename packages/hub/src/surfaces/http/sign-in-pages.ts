import { html } from 'hono/html'
import { MIN_PASSWORD_LENGTH } from '../../access/access.ts'
import type { Problem } from '../../contract/problem.ts'
import { notice, type Html, type Page } from './page.ts'

interface Field {
  name: string
  label: string
  type: 'text' | 'email' | 'password'
  autocomplete: string
  value?: string
  hint?: string
  minlength?: number
  focus?: boolean
}

function field({ name, label, type, autocomplete, value, hint, minlength, focus }: Field): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      required
      ${value === undefined ? '' : html`value="${value}"`}
      ${minlength === undefined ? '' : html`minlength="${minlength}"`}
      ${hint === undefined ? '' : html`aria-describedby="${name}-hint"`}
      ${focus === true ? html`autofocus` : ''}
    />
    ${hint === undefined ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`}
  </div>`
}

export function setupPage(input: { token: string; name?: string; email?: string; problem?: Problem }): Page {
  return {
    title: 'Set up this hub',
    narrow: true,
    body: html`<h1>Set up this hub</h1>
      <p class="lead">You become its owner: you connect Stripe accounts and decide what agents may do.</p>
      ${input.problem === undefined ? '' : notice('danger', input.problem.message, input.problem.nextStep)}
      <form class="card" method="post" action="/setup">
        <input type="hidden" name="token" value="${input.token}" />
        ${field({
          name: 'name',
          label: 'Your name',
          type: 'text',
          autocomplete: 'name',
          value: input.name ?? '',
          hint: 'Approvals are recorded under it.',
          focus: true,
        })}
        ${field({
          name: 'email',
          label: 'E-mail address',
          type: 'email',
          autocomplete: 'username',
          value: input.email ?? '',
          hint: 'For signing in. Nothing is sent to it.',
        })}
        ${field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'new-password',
          minlength: MIN_PASSWORD_LENGTH,
          hint: `At least ${MIN_PASSWORD_LENGTH} characters. A few unrelated words are easy to remember.`,
        })}
        <div class="actions"><button class="primary">Become the owner</button></div>
      </form>`,
  }
}

export function signInPage(input: { next: string; email?: string; problem?: Problem }): Page {
  return {
    title: 'Sign in',
    narrow: true,
    body: html`<h1>Sign in</h1>
      ${input.problem === undefined ? '' : notice('danger', input.problem.message, input.problem.nextStep)}
      <form class="card" method="post" action="/sign-in">
        <input type="hidden" name="next" value="${input.next}" />
        ${field({
          name: 'email',
          label: 'E-mail address',
          type: 'email',
          autocomplete: 'username',
          value: input.email ?? '',
          focus: input.email === undefined,
        })}
        ${field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'current-password',
          focus: input.email !== undefined,
        })}
        <div class="actions"><button class="primary">Sign in</button></div>
      </form>`,
  }
}
