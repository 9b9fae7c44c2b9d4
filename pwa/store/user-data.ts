import { deleteDatabase, deleteDatabaseIfSynced, emptyDatabase } from './database.ts'
import { clearUserStorage, hasUnfinishedWork, type TextStorage } from './user-storage.ts'

/**
 * What a removal has reached. `emptied`: no data is left, but another tab, which the browser may have suspended, still has
 * the empty database open. `blocked`: another tab keeps the data in use.
 */
export type Removal = 'removed' | 'emptied' | 'blocked'

type Options = {
  storage: TextStorage
  locks: Pick<LockManager, 'request'>
  newClientId: () => string
}

/** How long tabs that run get to close the database. A suspended one would take until somebody opens it. */
const WAIT_MS = 2_000

/** A removal that waits for other tabs, and for the browser, takes half of that at most. */
const USE_WAIT_MS = 10_000

/**
 * Creates the access to the data of whole users on this device. A suspended tab answers nothing, and a database is deleted
 * only once nobody has it open; until then nobody can open it either. So a removal empties it first, which no open
 * connection hinders, and deletes it only if no tab has it open, which a shared lock tells.
 */
export function createUserData({ storage, locks, newClientId }: Options) {
  const deletions = new Map<string, Promise<void>>()

  // Resolves with undefined if another tab does not release the lock.
  function alone<T>(userId: string, run: () => Promise<T>): Promise<T | undefined> {
    const signal = AbortSignal.timeout(WAIT_MS)
    const attempt = locks.request(lockName(userId), { signal }, run) as Promise<T>
    return attempt.catch(error => {
      if (signal.aborted && error === signal.reason) return undefined
      throw error
    })
  }

  // A deletion that has begun cannot be withdrawn, so that there is at most one.
  function startDeletion(userId: string): Promise<void> {
    const deletion = deletions.get(userId) ?? deleteDatabase(userId).finally(() => deletions.delete(userId))
    deletions.set(userId, deletion)
    return deletion
  }

  async function empty(userId: string, options: { isSyncedOnly?: boolean } = {}): Promise<boolean> {
    const signal = AbortSignal.timeout(WAIT_MS)
    return emptyDatabase(userId, { ...options, newClientId, signal }).catch(() => false)
  }

  return {
    /**
     * Resolves once no removal is under way; until the returned function is called, the database is not deleted. Throws a
     * TimeoutError if a removal does not end: its tab may be suspended.
     */
    use(userId: string): Promise<() => void> {
      return new Promise((resolve, reject) => {
        const held = () => new Promise<void>(release => resolve(release))
        const signal = AbortSignal.timeout(USE_WAIT_MS)
        locks.request(lockName(userId), { mode: 'shared', signal }, held).catch(reject)
      })
    },
    /** Removes a user's data, changes that are not synced included. Takes seconds at most. */
    async remove(userId: string): Promise<Removal> {
      clearUserStorage(storage, userId)
      // A device that is full, or whose database is damaged, cannot empty it, but can delete it.
      const isEmpty = deletions.has(userId) || (await empty(userId))
      const isDeleted = await alone(userId, () => isDoneInTime(startDeletion(userId)))
      // A tab may have written until it closed the database.
      clearUserStorage(storage, userId)
      if (isDeleted) return 'removed'
      return isEmpty && isDeleted === undefined ? 'emptied' : 'blocked'
    },
    /** Removes a user's data, unless it holds work that is not on the server. */
    async removeIfSynced(userId: string): Promise<void> {
      if (hasUnfinishedWork(storage, userId)) return
      if (!(await empty(userId, { isSyncedOnly: true }))) return
      await alone(userId, () => isDoneInTime(deleteDatabaseIfSynced(userId)))
    },
  }
}
export type UserData = ReturnType<typeof createUserData>

function isDoneInTime(work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, WAIT_MS, false)
  const done = work.then(
    () => true,
    () => false,
  )
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}

function lockName(userId: string): string {
  return `goalixa-data:${userId}`
}
