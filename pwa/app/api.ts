import type { SyncRequest, SyncResponse } from '@goalixa/core/sync/sync.schema'
import { type SyncResult, TOO_LARGE } from '../store/syncer.ts'

export type User = { id: string; email: string }

/** The result of a sign-in or a registration; `reason` is shown to the person. */
export type SignInResult =
  | { kind: 'ok'; user: User }
  | { kind: 'not-signed-in' }
  | { kind: 'failed'; reason: string }

const TIMEOUT_MS = 20_000
/** Statuses below 500 that ask for a later retry: timeout, too early, too many requests. */
const RETRY_LATER = [408, 425, 429]
const OFFLINE = 'Goalixa cannot be reached. Check your connection, then try again.'

/** Creates the app's only access to the network: the BFF on the same origin, with JSON and cookies set by the server. */
export function createApi({ fetch }: { fetch: typeof globalThis.fetch }) {
  type Options = { body?: unknown; signal?: AbortSignal | undefined; headers?: Record<string, string> }
  const call = (method: string, path: string, { body, signal, headers }: Options = {}) =>
    fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'x-gx': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
    })

  async function findUser(signal?: AbortSignal): Promise<User | undefined> {
    const response = await call('GET', '/bff/auth/session', { signal })
    if (!response.ok) throw new Error(`The session is unknown: the server answered with ${response.status}.`)
    const { user } = (await response.json()) as { user: User | null }
    return user ?? undefined
  }

  async function signIn(email: string, password: string, signal?: AbortSignal): Promise<SignInResult> {
    const body = { email, password }
    const response = await call('POST', '/bff/auth/login', { body, signal }).catch(() => undefined)
    if (response === undefined || response.status >= 502) return { kind: 'failed', reason: OFFLINE }
    if (!response.ok) return failure(response)
    const user = (await userIn(response)) ?? (await findUser(signal).catch(() => undefined))
    return user === undefined ? { kind: 'failed', reason: OFFLINE } : { kind: 'ok', user }
  }

  return {
    /** Returns the user of the session in the cookies, if there is one. Throws if the server cannot tell. */
    findUser,
    signIn,
    /** Creates an account and signs in to it. The server never reveals whether the address had an account already. */
    async register(email: string, password: string, signal?: AbortSignal): Promise<SignInResult> {
      const body = { email, password }
      const response = await call('POST', '/bff/auth/register', { body, signal }).catch(() => undefined)
      if (response === undefined || response.status >= 502) return { kind: 'failed', reason: OFFLINE }
      if (!response.ok) return failure(response)
      const signedIn = await signIn(email, password, signal)
      return signedIn.kind === 'ok' ? signedIn : { kind: 'not-signed-in' }
    },
    /** Ends the session; resolves with whether the server has ended it. */
    async signOut(signal?: AbortSignal): Promise<boolean> {
      const response = await call('POST', '/bff/auth/logout', { body: {}, signal }).catch(() => undefined)
      return response !== undefined && (response.ok || response.status === 401)
    },
    /** Exchanges this user's data; the server refuses it under anybody else's session. */
    async sync(userId: string, request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
      const headers = { 'x-gx-user': userId }
      const response = await call('POST', '/bff/sync', { body: request, signal, headers }).catch(
        () => undefined,
      )
      if (response === undefined) return { kind: 'unavailable' }
      if (response.status === 401) return { kind: 'signed-out' }
      if (response.ok) return { kind: 'ok', response: (await response.json()) as SyncResponse }
      if (isTemporary(response.status)) return { kind: 'unavailable' }
      return refusalIn(response)
    },
  }
}
export type Api = ReturnType<typeof createApi>

async function failure(response: Response): Promise<SignInResult> {
  return { kind: 'failed', reason: reasonOf(await problemIn(response), response.status) }
}

async function userIn(response: Response): Promise<User | undefined> {
  const body = (await response.json().catch(() => ({}))) as { user?: User }
  return body.user
}

function isTemporary(status: number): boolean {
  return status >= 500 || RETRY_LATER.includes(status)
}

// Only these are about what a request carries: 413 from anyone on the way, and a 400 of the services themselves, which
// has a code. Any other status, and a 400 of a proxy, would be the same for any request.
async function refusalIn(response: Response): Promise<SyncResult> {
  if (response.status === 413) return TOO_LARGE
  const problem = await problemIn(response)
  const reason = reasonOf(problem, response.status)
  return response.status === 400 && problem.code !== undefined
    ? { kind: 'unprocessable', code: problem.code, reason }
    : { kind: 'rejected', reason }
}

// RFC 9457: `detail` is written for people; the invalid fields name what was expected.
type Problem = {
  code?: string
  detail?: string
  title?: string
  fields?: { field: string; expected: string }[]
}

async function problemIn(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as Problem | null
  return body ?? {}
}

function reasonOf({ fields = [], detail, title }: Problem, status: number): string {
  if (fields.length > 0) return `${fields.map(({ field, expected }) => `${field}: ${expected}`).join('; ')}.`
  return detail ?? title ?? `The server answered with status ${status}. Try again later.`
}
