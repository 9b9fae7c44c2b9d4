import type { Removal, UserData } from '../store/user-data.ts'
import { clearUserStorage, type TextStorage } from '../store/user-storage.ts'
import type { Api, SignInResult, User } from './api.ts'

type Options = {
  api: Api
  storage: TextStorage
  locks: Pick<LockManager, 'request'>
  data: Pick<UserData, 'remove' | 'removeIfSynced'>
  newId: () => string
  /** Called when another tab signs in or out. */
  onOtherTab: () => void
  channel: Pick<BroadcastChannel, 'postMessage'> & { onmessage: ((event: MessageEvent) => void) | null }
}

const USER = 'goalixa.user'
// Devices of version 0.1 may hold this key, so its name stays.
const PENDING_SIGN_OUT = 'goalixa.owes-sign-out'
/** The ids of the users who have signed out and whose data may still be on this device. */
const REMOVALS = 'goalixa.removals'
const LOCK = 'goalixa-session'
const REMOVAL_LOCK = 'goalixa-removal'
/** A tab that runs stops its sync within milliseconds; one that is suspended while it syncs never does. */
const LOCK_WAIT_MS = 5_000
/** A removal takes seconds, unless the tab that does it is suspended. */
const REMOVAL_WAIT_MS = 10_000

/** What to tell the person about a removal that another tab holds up; null once it is complete. */
export const REMOVAL_REASONS: Record<Removal, string | null> = {
  removed: null,
  emptied:
    'You are signed out, and your data has been removed from this device. Another Goalixa tab did not respond and may still show it: close that tab.',
  blocked:
    'The data of the account that was signed out could not be removed from this device yet, because Goalixa is open in another tab. Close all other Goalixa tabs, then try again.',
}

/** Creates the session of this device. The user is known offline; only the server's cookies grant access to the server. */
export function createSession({ api, storage, locks, data, newId, onOtherTab, channel }: Options) {
  channel.onmessage = onOtherTab

  const current = () => parseUser(storage.getItem(USER))

  // The id of the sign-in tells it from an earlier one of the same user, whose data may have been removed since.
  function storeUser(user: User) {
    storage.setItem(USER, JSON.stringify({ ...user, signIn: newId() }))
    channel.postMessage('changed')
  }

  // Under the lock of the syncer: no tab may send one user's ops while the cookie changes to another user's. A tab that is
  // suspended with the lock sends nothing more: it asks who is signed in before each request.
  function withSyncLock<T>(run: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(LOCK_WAIT_MS)
    const attempt = locks.request(LOCK, { signal }, run) as Promise<T>
    return attempt.catch(error => {
      if (!signal.aborted || error !== signal.reason) throw error
      return locks.request(LOCK, { steal: true }, run) as Promise<T>
    })
  }

  async function authenticate(attempt: () => Promise<SignInResult>): Promise<SignInResult> {
    return withSyncLock(async () => {
      if ((await finishRemovals()) === 'blocked')
        return { kind: 'failed', reason: REMOVAL_REASONS.blocked ?? '' }
      // The cookie of the new session replaces that of the old one, which nobody could end any more.
      await endSession()
      const before = current()
      const result = await attempt()
      if (result.kind !== 'ok') return result
      storage.removeItem(PENDING_SIGN_OUT)
      await admit(result.user)
      // The new user must not find the previous user's data, but changes that are not synced yet must not be lost.
      if (before !== undefined && before.id !== result.user.id) await data.removeIfSynced(before.id)
      return result
    })
  }

  // Not stolen from a tab that is suspended: as soon as it goes on, it would remove what somebody has written since.
  function withRemovalLock<T>(run: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(REMOVAL_WAIT_MS)
    const attempt = locks.request(REMOVAL_LOCK, { signal }, run) as Promise<T>
    return attempt.catch(error => {
      if (signal.aborted && error === signal.reason) return otherwise()
      throw error
    })
  }

  // No tab may remove what the user is going to write from now on. One that holds the lock though nothing is left to
  // remove has only not let go of it yet.
  async function admit(user: User) {
    const enter = async () => {
      storeRemovals(removals().filter(id => id !== user.id))
      storeUser(user)
    }
    await withRemovalLock(enter, async () => {
      if (removals().length > 0) throw new Error('Data is being removed from this device.')
      await enter()
    })
  }

  async function endSession() {
    if (storage.getItem(PENDING_SIGN_OUT) === null) return
    if (await api.signOut()) storage.removeItem(PENDING_SIGN_OUT)
  }

  const removals = () => parseIds(storage.getItem(REMOVALS))

  function storeRemovals(ids: string[]) {
    if (ids.length === 0) storage.removeItem(REMOVALS)
    else storage.setItem(REMOVALS, JSON.stringify(ids))
  }

  async function finishRemovals(): Promise<Removal> {
    if (removals().length === 0) return 'removed'
    const removeAll = async () => {
      let worst: Removal = 'removed'
      for (const userId of removals()) {
        const removal = await data.remove(userId)
        if (removal === 'removed') storeRemovals(removals().filter(id => id !== userId))
        else if (worst !== 'blocked') worst = removal
      }
      return worst
    }
    return withRemovalLock<Removal>(removeAll, async () => 'blocked')
  }

  return {
    current,
    /** Identifies the current sign-in, undefined if nobody is signed in. */
    currentSignIn: () => (current() === undefined ? undefined : (storage.getItem(USER) ?? undefined)),
    signIn: (email: string, password: string) => authenticate(() => api.signIn(email, password)),
    register: (email: string, password: string) => authenticate(() => api.register(email, password)),
    /** Runs alone among all tabs, and only while this user is signed in. */
    async exclusively(userId: string, run: () => Promise<void>): Promise<void> {
      await locks.request(LOCK, async () => {
        if (current()?.id === userId) await run()
      })
    },
    /** Restores a session that exists only in the cookies. Throws if the server cannot be reached. */
    async restoreFromCookies(): Promise<User | undefined> {
      return withSyncLock(async () => {
        if (storage.getItem(PENDING_SIGN_OUT) !== null) return undefined
        if ((await finishRemovals()) === 'blocked') return undefined
        const user = await api.findUser()
        if (user !== undefined) await admit(user)
        return user
      })
    },
    /**
     * Ends the session and removes the user's data from this device, each even if the other has to wait. Resolves once the
     * data is removed or another tab hinders that: the rest is done at the next start and before anybody signs in.
     */
    async signOut(): Promise<Removal> {
      const user = current()
      storage.removeItem(USER)
      // First, because the marks need space.
      if (user !== undefined) clearUserStorage(storage, user.id)
      storage.setItem(PENDING_SIGN_OUT, '1')
      if (user !== undefined) storeRemovals([...new Set([...removals(), user.id])])
      channel.postMessage('changed')
      void this.completeSignOut().catch(() => {})
      return finishRemovals()
    },
    /** Removes the data of users who have signed out, if that could not be finished then. */
    finishRemovals,
    /** Ends the session on the server if a sign-out has not reached it yet. */
    async completeSignOut(): Promise<void> {
      if (storage.getItem(PENDING_SIGN_OUT) !== null) await withSyncLock(endSession)
    },
  }
}
export type Session = ReturnType<typeof createSession>

function parseUser(text: string | null): User | undefined {
  if (text === null) return undefined
  try {
    const user = JSON.parse(text) as Partial<User>
    return typeof user.id === 'string' && typeof user.email === 'string'
      ? { id: user.id, email: user.email }
      : undefined
  } catch {
    return undefined
  }
}

function parseIds(text: string | null): string[] {
  try {
    const ids: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(ids) ? ids.filter(id => typeof id === 'string') : []
  } catch {
    return []
  }
}
