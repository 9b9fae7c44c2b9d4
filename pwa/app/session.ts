import { deleteDatabase, forgetIfSynced } from '../store/database.ts'
import type { Api, SignInResult, User } from './api.ts'

type Options = {
  api: Api
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  locks: Pick<LockManager, 'request'>
  /** Called when another tab signs in or out. */
  onOtherTab: () => void
  channel: Pick<BroadcastChannel, 'postMessage'> & { onmessage: ((event: MessageEvent) => void) | null }
}

const USER = 'goalixa.user'
const OWES_SIGN_OUT = 'goalixa.owes-sign-out'
const LOCK = 'goalixa-session'

/** Who uses this device. Known without the network; the server's cookies alone decide what may be read from it. */
export function createSession({ api, storage, locks, onOtherTab, channel }: Options) {
  channel.onmessage = onOtherTab

  const current = () => parseUser(storage.getItem(USER))

  function remember(user: User) {
    storage.setItem(USER, JSON.stringify(user))
    channel.postMessage('changed')
  }

  // Under the lock of the syncer: no tab may send one user's ops while the cookie turns into another's.
  function whileNothingSyncs<T>(run: () => Promise<T>): Promise<T> {
    return locks.request(LOCK, run) as Promise<T>
  }

  async function enter(attempt: () => Promise<SignInResult>): Promise<SignInResult> {
    return whileNothingSyncs(async () => {
      const before = current()
      const result = await attempt()
      if (result.kind !== 'ok') return result
      storage.removeItem(OWES_SIGN_OUT)
      remember(result.user)
      // Whoever sits here now must not find what somebody else left, but nothing may be lost for it either.
      if (before !== undefined && before.id !== result.user.id) await forgetIfSynced(before.id)
      return result
    })
  }

  return {
    current,
    signIn: (email: string, password: string) => enter(() => api.signIn(email, password)),
    register: (email: string, password: string) => enter(() => api.register(email, password)),
    /** Runs alone among all tabs, and only while this user is the one who is signed in. */
    async exclusively(userId: string, run: () => Promise<void>): Promise<void> {
      await locks.request(LOCK, async () => {
        if (current()?.id === userId) await run()
      })
    },
    /** Finds a session that only the cookies know of. */
    async adopt(): Promise<User | undefined> {
      return whileNothingSyncs(async () => {
        if (storage.getItem(OWES_SIGN_OUT) !== null) return undefined
        const user = await api.me().catch(() => undefined)
        if (user !== undefined) remember(user)
        return user
      })
    },
    /** Removes the user's data from this device and ends the session, later if there is no network now. */
    async signOut(): Promise<void> {
      const user = current()
      storage.setItem(OWES_SIGN_OUT, '1')
      storage.removeItem(USER)
      channel.postMessage('changed')
      if (user !== undefined) await deleteDatabase(user.id)
      await this.paySignOut()
    },
    /** Tells the server about a sign-out that it has not heard of yet. */
    async paySignOut(): Promise<void> {
      if (storage.getItem(OWES_SIGN_OUT) === null) return
      await whileNothingSyncs(async () => {
        if (storage.getItem(OWES_SIGN_OUT) === null) return
        if (await api.signOut()) storage.removeItem(OWES_SIGN_OUT)
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
