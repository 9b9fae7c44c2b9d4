import { v7 as uuidv7 } from 'uuid'
import { openStore } from '../store/open-store.ts'
import { createSyncer, type SyncState } from '../store/syncer.ts'
import type { UserData } from '../store/user-data.ts'
import type { TextStorage } from '../store/user-storage.ts'
import type { Api, User } from './api.ts'
import { createRecordReader, type Records } from './data/records.ts'
import type { Session } from './session.ts'
import { watchRegularly } from './watch-regularly.ts'

type Options = {
  user: User
  api: Api
  session: Session
  data: Pick<UserData, 'use'>
  now: () => number
  storage: TextStorage | undefined
  onChange: () => void
  onSyncState: (state: SyncState) => void
  onClosing: () => void
}

const POLL_MS = 30_000
const HEARTBEAT_MS = 1_000

/** Opens a signed-in user's data and the syncer that keeps it in step with the server, until it is closed. */
export async function openWorkspace(options: Options) {
  const { user, api, session, data, now } = options
  const signIn = session.currentSignIn()
  const release = await data.use(user.id)
  const store = await openStore({
    userId: user.id,
    now,
    steadyNow: () => performance.now(),
    newId: uuidv7,
    storage: options.storage,
    channel: new BroadcastChannel(`goalixa:${user.id}`),
    onClosing: options.onClosing,
  }).catch(error => {
    release()
    throw error
  })
  const syncer = createSyncer({
    store,
    // The page may have been suspended within an exchange, for as long as it takes another person to sign in.
    send: async (request, signal) =>
      session.currentSignIn() === signIn ? api.sync(user.id, request, signal) : { kind: 'unavailable' },
    exclusively: run => session.exclusively(user.id, run),
    random: Math.random,
    onState: options.onSyncState,
  })
  const stopListening = store.subscribe(options.onChange)
  const closing = new AbortController()
  const { signal } = closing
  const wake = () => void syncer.wake()
  // The database may be closing, or full: a later look finds the same jump.
  const watchClock = watchRegularly(async () => {
    if (await store.watchClock()) wake()
  })
  const wakeIfVisible = () => {
    if (document.visibilityState !== 'visible') return
    void watchClock()
    wake()
  }
  addEventListener('online', wake, { signal })
  document.addEventListener('visibilitychange', wakeIfVisible, { signal })
  const heartbeat = setInterval(watchClock, HEARTBEAT_MS)
  // What waits for space on the device comes first; there may be none yet.
  const syncAll = () => store.storeWaiting().then(wake, wake)
  const poll = setInterval(() => {
    if (store.countWaiting() > 0) void syncAll()
    if (document.visibilityState === 'visible' && syncer.state() === 'idle') void syncer.syncNow()
  }, POLL_MS)
  wake()

  const readRecords = createRecordReader()
  let read: { version: number; records: Records } | undefined
  return {
    user,
    signIn,
    store,
    syncer,
    /** Stores what the device could not store before, and syncs at once. */
    syncAll,
    /** Returns the user's records; converts them only if the store has changed. */
    records(): Records {
      if (read?.version !== store.version())
        read = { version: store.version(), records: readRecords(store.rows().values()) }
      return read.records
    },
    close() {
      closing.abort()
      clearInterval(heartbeat)
      clearInterval(poll)
      stopListening()
      syncer.stop()
      store.close()
      release()
    },
  }
}
export type Workspace = Awaited<ReturnType<typeof openWorkspace>>
