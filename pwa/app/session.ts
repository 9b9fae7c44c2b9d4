import { deleteDatabase, deleteDatabaseIfSynced } from '../store/database.ts'
import { clearUserStorage, hasUnfinishedWork, type TextStorage } from '../store/user-storage.ts'
import type { Api, SignInResult, User } from './api.ts'

type Options = {
  api: Api
  storage: TextStorage
  locks: Pick<LockManager, 'request'>
  /** Called when another tab signs in or out. */
  onOtherTab: () => void
  channel: Pick<BroadcastChannel, 'postMessage'> & { onmessage: ((event: MessageEvent) => void) | null }
}

const USER = 'goalixa.user'
// Devices of version 0.1 may hold this key, so its name stays.
const PENDING_SIGN_OUT = 'goalixa.owes-sign-out'
const LOCK = 'goalixa-session'

/** Creates the session of this device. The user is known offline; only the server's cookies grant access to the server. */
export function createSession({ api, storage, locks, onOtherTab, channel }: Options) {
  channel.onmessage = onOtherTab

  const current = () => parseUser(storage.getItem(USER))

  function storeUser(user: User) {
    storage.setItem(USER, JSON.stringify(user))
    channel.postMessage('changed')
  }

  // Under the lock of the syncer: no tab may send one user's ops while the cookie changes to another user's.
  function withSyncLock<T>(run: () => Promise<T>): Promise<T> {
    return locks.request(LOCK, run) as Promise<T>
  }

  async function authenticate(attempt: () => Promise<SignInResult>): Promise<SignInResult> {
    return withSyncLock(async () => {
      const before = current()
      const result = await attempt()
      if (result.kind !== 'ok') return result
      storage.removeItem(PENDING_SIGN_OUT)
      storeUser(result.user)
      // The new user must not find the previous user's data, but changes that are not synced yet must not be lost.
      if (before !== undefined && before.id !== result.user.id) await removeIfSynced(before.id)
      return result
    })
  }

  async function remove(userId: string) {
    clearUserStorage(storage, userId)
    await deleteDatabase(userId)
    // Another tab may have written until it closed the database.
    clearUserStorage(storage, userId)
  }

  async function removeIfSynced(userId: string) {
    if (hasUnfinishedWork(storage, userId)) return
    if (await deleteDatabaseIfSynced(userId)) clearUserStorage(storage, userId)
  }

  return {
    current,
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
        const user = await api.findUser()
        if (user !== undefined) storeUser(user)
        return user
      })
    },
    /** Removes the user's data from this device and ends the session; while offline, the session on the server ends later. */
    async signOut(): Promise<void> {
      const user = current()
      storage.setItem(PENDING_SIGN_OUT, '1')
      storage.removeItem(USER)
      channel.postMessage('changed')
      if (user !== undefined) await remove(user.id)
      await this.completeSignOut()
    },
    /** Ends the session on the server if a sign-out has not reached it yet. */
    async completeSignOut(): Promise<void> {
      if (storage.getItem(PENDING_SIGN_OUT) === null) return
      await withSyncLock(async () => {
        if (storage.getItem(PENDING_SIGN_OUT) === null) return
        if (await api.signOut()) storage.removeItem(PENDING_SIGN_OUT)
      })
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
