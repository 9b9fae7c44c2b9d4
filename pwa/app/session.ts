import type { Removal, UserData } from '../store/user-data.ts'
import { clearUserStorage, type TextStorage } from '../store/user-storage.ts'
import type { Api, SignInResult, User } from './api.ts'
import { createTabLocks, LockLost } from './create-tab-locks.ts'

type Options = {
  api: Api
  storage: TextStorage
  locks: Pick<LockManager, 'request'>
  data: Pick<UserData, 'remove' | 'removeIfSynced'>
  newId: () => string
}

/** Where the storage keeps the user. An event of the storage for this key says that another tab has signed in or out. */
export const USER = 'goalixa.user'
// Devices of version 0.1 may hold this key, so its name stays.
const PENDING_SIGN_OUT = 'goalixa.owes-sign-out'
/** The ids of the users who have signed out and whose data may still be on this device. */
const REMOVALS = 'goalixa.removals'
/** Held while the session of this device changes. */
const SESSION_LOCK = 'goalixa-session'
const SYNC_LOCK = 'goalixa-sync'
const REMOVAL_LOCK = 'goalixa-removal'
/** The person waits that long for another tab that syncs, signs in or signs out, and may be suspended. */
const LOCK_WAIT_MS = 5_000
/** A tab that is suspended in the middle of a sync must not stop the others for good; one that runs rarely takes that long. */
const SYNC_WAIT_MS = 120_000
/** A removal takes seconds, unless the tab that does it is suspended. */
const REMOVAL_WAIT_MS = 10_000

const INTERRUPTED = 'Another Goalixa tab began to sign in. Go on there, or try again here.'

/** What to tell the person about a removal that another tab holds up; null once it is complete. */
export const REMOVAL_REASONS: Record<Removal, string | null> = {
  removed: null,
  emptied:
    'You are signed out, and your data has been removed from this device. Another Goalixa tab did not respond and may still show it: close that tab.',
  blocked:
    'The data of the account that was signed out could not be removed from this device yet, because Goalixa is open in another tab. Close all other Goalixa tabs, then try again.',
}

/** Creates the session of this device. The user is known offline; only the server's cookies grant access to the server. */
export function createSession({ api, storage, data, newId, ...options }: Options) {
  const locks = createTabLocks(options.locks)
  let ending: Promise<void> | undefined

  const current = () => parseUser(storage.getItem(USER))

  // The id of the sign-in tells it from an earlier one of the same user, whose data may have been removed since.
  function storeUser(user: User) {
    storage.setItem(USER, JSON.stringify({ ...user, signIn: newId() }))
  }

  async function authenticate(
    attempt: (signal: AbortSignal) => Promise<SignInResult>,
  ): Promise<SignInResult> {
    try {
      return await locks.takeOver(SESSION_LOCK, LOCK_WAIT_MS, signal =>
        // The answer to a sync may renew the cookies of the session before.
        locks.takeOver(SYNC_LOCK, LOCK_WAIT_MS, () => replaceSession(attempt, signal)),
      )
    } catch (error) {
      if (error instanceof LockLost) return { kind: 'failed', reason: INTERRUPTED }
      throw error
    }
  }

  async function replaceSession(
    attempt: (signal: AbortSignal) => Promise<SignInResult>,
    signal: AbortSignal,
  ): Promise<SignInResult> {
    if ((await finishRemovals()) === 'blocked')
      return { kind: 'failed', reason: REMOVAL_REASONS.blocked ?? '' }
    // The cookie of the new session replaces that of the old one, which nobody could end any more.
    await endSession(signal)
    signal.throwIfAborted()
    const before = current()
    const result = await attempt(signal)
    signal.throwIfAborted()
    if (result.kind !== 'ok') return result
    storage.removeItem(PENDING_SIGN_OUT)
    await admit(result.user, () => signal.throwIfAborted())
    signal.throwIfAborted()
    // The new user must not find the previous user's data, but changes that are not synced yet must not be lost.
    if (before !== undefined && before.id !== result.user.id) await data.removeIfSynced(before.id)
    return result
  }

  // No tab may remove what the user is going to write from now on. One that holds the lock though nothing is left to
  // remove has only not let go of it yet. The lock is not stolen from a tab that is suspended: as soon as it goes on, it
  // would remove what somebody has written since. `check` throws if the user may not be admitted any more.
  async function admit(user: User, check: () => void) {
    const enter = async () => {
      check()
      storeRemovals(removals().filter(id => id !== user.id))
      storeUser(user)
    }
    await locks.holdWithin(REMOVAL_LOCK, REMOVAL_WAIT_MS, enter, async () => {
      if (removals().length > 0) throw new Error('Data is being removed from this device.')
      await enter()
    })
  }

  async function endSession(signal: AbortSignal) {
    if (storage.getItem(PENDING_SIGN_OUT) === null) return
    const isEnded = await api.signOut(signal)
    signal.throwIfAborted()
    if (isEnded) storage.removeItem(PENDING_SIGN_OUT)
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
    return locks.holdWithin<Removal>(REMOVAL_LOCK, REMOVAL_WAIT_MS, removeAll, async () => 'blocked')
  }

  return {
    current,
    /** Identifies the current sign-in, undefined if nobody is signed in. */
    currentSignIn: () => (current() === undefined ? undefined : (storage.getItem(USER) ?? undefined)),
    signIn: (email: string, password: string) => authenticate(signal => api.signIn(email, password, signal)),
    register: (email: string, password: string) =>
      authenticate(signal => api.register(email, password, signal)),
    /** Runs alone among all tabs, and only while this user is signed in, until `signal` aborts. */
    exclusively: (userId: string, run: (signal: AbortSignal) => Promise<void>) =>
      locks.takeOver(SYNC_LOCK, SYNC_WAIT_MS, async signal => {
        if (current()?.id === userId) await run(signal)
      }),
    /** Restores a session that exists only in the cookies. Throws if the server cannot be reached. */
    async restoreFromCookies(): Promise<void> {
      const isAllowed = () => current() === undefined && storage.getItem(PENDING_SIGN_OUT) === null
      const restore = async (signal: AbortSignal) => {
        if (!isAllowed() || (await finishRemovals()) === 'blocked') return
        const user = await api.findUser(signal)
        if (user === undefined || !isAllowed()) return
        await admit(user, () => {
          signal.throwIfAborted()
          if (!isAllowed()) throw new LockLost('Another tab has signed in or out.')
        })
      }
      try {
        // Behind a tab that signs in for that long, the person may sign in here as well.
        await locks.holdWithin(SESSION_LOCK, LOCK_WAIT_MS, restore, async () => {})
      } catch (error) {
        if (!(error instanceof LockLost)) throw error
      }
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
      void this.completeSignOut().catch(() => {})
      return finishRemovals()
    },
    /** Removes the data of users who have signed out, if that could not be finished then. */
    finishRemovals,
    /** Ends the session on the server if a sign-out has not reached it yet. Never disturbs a sign-in, which does that first. */
    async completeSignOut(): Promise<void> {
      if (storage.getItem(PENDING_SIGN_OUT) === null) return
      ending ??= locks.hold(SESSION_LOCK, endSession).finally(() => {
        ending = undefined
      })
      await ending
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
