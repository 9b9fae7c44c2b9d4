import { html, nothing } from 'lit-html'
import type { App } from '../create-app.ts'
import { logo } from './logo.ts'

type Mode = 'sign-in' | 'register'

const TEXTS = {
  'sign-in': {
    title: 'Sign in to Goalixa',
    lead: 'Your tasks, projects and time, also while you are offline.',
    submit: 'Sign in',
    password: 'current-password',
    other: 'New here?',
    otherLink: 'Create an account',
    otherPath: '/register',
  },
  register: {
    title: 'Create your account',
    lead: 'Your tasks and your time on every device, online or offline.',
    submit: 'Create account',
    password: 'new-password',
    other: 'Already have an account?',
    otherLink: 'Sign in',
    otherPath: '/sign-in',
  },
} as const

const INCOMPLETE = {
  kind: 'failed',
  reason: 'This device could not complete the sign-in. Reload the page, then try again.',
}

// The state of the form after an attempt. It belongs to the page, not to the data, and a reload resets it.
const form = { message: '', isFailure: false, isBusy: false, isReadable: false, mode: 'sign-in' as Mode }

/** Renders sign-in and registration; `reason` explains why the person must sign in. */
export function authView(app: App, mode: Mode, reason: string | null) {
  if (form.mode !== mode) Object.assign(form, { message: '', isFailure: false, isReadable: false, mode })
  const texts = TEXTS[mode]
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    Object.assign(form, { isBusy: true, message: '', isFailure: false })
    app.refresh()
    const attempt = mode === 'register' ? app.register : app.signIn
    const result = await attempt(String(data.get('email')).trim(), String(data.get('password'))).catch(
      () => INCOMPLETE,
    )
    Object.assign(form, {
      isBusy: false,
      isFailure: result.kind === 'failed',
      message: resultMessage(result),
    })
    app.refresh()
  }
  const show = () => {
    form.isReadable = !form.isReadable
    app.refresh()
  }
  return html`<main class="auth" id="main">
    <div class="auth-card">
      <p class="auth-logo">${logo()} Goalixa</p>
      <h1 tabindex="-1">${texts.title}</h1>
      <p class="quiet" role="status">${reason ?? texts.lead}</p>
      <form @submit=${submit}>
        <label class="field">
          <span>Email</span>
          <input name="email" type="email" required autocomplete="username" inputmode="email" />
        </label>
        <div class="field">
          <label for="password">Password</label>
          <span class="password">
            <input
              id="password"
              name="password"
              type=${form.isReadable ? 'text' : 'password'}
              required
              autocomplete=${texts.password}
              autocapitalize="none"
              spellcheck="false"
              minlength=${mode === 'register' ? 8 : nothing}
              aria-describedby=${mode === 'register' ? 'password-hint' : nothing}
            />
            <button type="button" @click=${show}>
              ${form.isReadable ? 'Hide' : 'Show'}<span class="hidden"> password</span>
            </button>
          </span>
          ${mode === 'register' ? html`<small id="password-hint" class="quiet">At least 8 characters. A sentence works well.</small>` : nothing}
        </div>
        <p class="form-message ${form.isFailure ? 'is-failure' : ''}" role="alert">${form.message}</p>
        <button class="button button-primary button-wide" ?disabled=${form.isBusy}>
          ${form.isBusy ? 'One moment…' : texts.submit}
        </button>
      </form>
      <p class="quiet auth-other">${texts.other} <a href=${texts.otherPath}>${texts.otherLink}</a></p>
    </div>
  </main>`
}

function resultMessage(result: { kind: string; reason?: string }): string {
  if (result.kind === 'failed') return sentence(result.reason ?? '')
  return result.kind === 'not-signed-in'
    ? 'Goalixa received your registration but could not sign you in. If you already have an account, sign in with its password.'
    : ''
}

// A reason can begin with the name of a field.
function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1)
}
