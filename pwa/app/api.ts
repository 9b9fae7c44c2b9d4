import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import type { SyncResult } from '../store/syncer.ts'

export type User = { id: string; email: string }

/** The result of a sign-in or a registration; `reason` is shown to the person. */
export type SignInResult =
  | { kind: 'ok'; user: User }
  | { kind: 'confirm-email' }
  | { kind: 'failed'; reason: string }

const TIMEOUT_MS = 20_000
const OFFLINE = 'Goalixa cannot be reached. Check your connection, then try again.'

/** Creates the app's only access to the network: the BFF on the same origin, with JSON and cookies set by the server. */
export function createApi({ fetch }: { fetch: typeof globalThis.fetch }) {
  const call = (method: string, path: string, body?: unknown, signal?: AbortSignal) =>
    fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'x-gx': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
    })

  async function me(): Promise<User | undefined> {
    const response = await call('GET', '/bff/auth/me')
    if (!response.ok) return undefined
    const { user } = (await response.json()) as { user?: User }
    return user
  }

  async function signIn(email: string, password: string): Promise<SignInResult> {
    const response = await call('POST', '/bff/auth/login', { email, password }).catch(() => undefined)
    if (response === undefined || response.status >= 502) return { kind: 'failed', reason: OFFLINE }
    if (!response.ok) return failure(response)
    const user = (await userIn(response)) ?? (await me().catch(() => undefined))
    return user === undefined ? { kind: 'failed', reason: OFFLINE } : { kind: 'ok', user }
  }

  return {
    me,
    signIn,
    /** Creates an account and signs in to it. The server never reveals whether the address had an account already. */
    async register(email: string, password: string): Promise<SignInResult> {
      const response = await call('POST', '/bff/auth/register', { email, password }).catch(() => undefined)
      if (response === undefined || response.status >= 502) return { kind: 'failed', reason: OFFLINE }
      if (!response.ok) return failure(response)
      const signedIn = await signIn(email, password)
      return signedIn.kind === 'ok' ? signedIn : { kind: 'confirm-email' }
    },
    /** Ends the session; resolves with whether the server has ended it. */
    async signOut(): Promise<boolean> {
      const response = await call('POST', '/bff/auth/logout', {}).catch(() => undefined)
      return response !== undefined && (response.ok || response.status === 401)
    },
    async sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
      const response = await call('POST', '/bff/sync', request, signal).catch(() => undefined)
      if (response === undefined) return { kind: 'unavailable' }
      if (response.status === 401) return { kind: 'signed-out' }
      if (response.ok) return { kind: 'ok', response: (await response.json()) as SyncResponse }
      const isTemporary = response.status >= 500 || response.status === 429
      return isTemporary ? { kind: 'unavailable' } : { kind: 'rejected', reason: await reasonOf(response) }
    },
  }
}
export type Api = ReturnType<typeof createApi>

async function failure(response: Response): Promise<SignInResult> {
  return { kind: 'failed', reason: await reasonOf(response) }
}

async function userIn(response: Response): Promise<User | undefined> {
  const body = (await response.json().catch(() => ({}))) as { user?: User }
  return body.user
}

// An RFC 9457 problem: `detail` is written for people; the invalid fields name what was expected.
async function reasonOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as {
    detail?: string
    title?: string
    fields?: { field: string; expected: string }[]
  }
  const fields = (problem.fields ?? []).map(({ field, expected }) => `${field}: ${expected}`)
  if (fields.length > 0) return `${fields.join('; ')}.`
  return (
    problem.detail ?? problem.title ?? `The server answered with status ${response.status}. Try again later.`
  )
}
