import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const EVERY_MS = 250
// Long enough for the locks of a transaction that is about to end, and short enough not to exhaust a pool.
const MAX_WAIT_MS = 500
const TIMEOUT_MS = 2_000
// What reads and writes wait for. A migration waits for more, and has a timeout of its own.
const IS_WAITING = `NOT granted AND locktype = 'relation' AND mode IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`

/**
 * Creates a watch over sessions of this process, which, while it is active, cancels their reads and writes that wait for a table, so that they do not keep
 * their connections from the others. It leaves alone what waits for rows or advisory locks: transactions of ours take turns by these,
 * for which `lock_timeout` makes no exception. It uses a connection of its own.
 */
export function createLockWatch(url: string) {
  const sessions = new Map<number, pg.ClientBase>()
  const cancelled = new WeakSet<pg.ClientBase>()
  let isActive = false
  let isRunning = false

  return {
    add(session: pg.ClientBase) {
      const pid = pidOf(session)
      if (pid !== undefined) sessions.set(pid, session)
    },
    delete(session: pg.ClientBase) {
      const pid = pidOf(session)
      if (pid !== undefined && sessions.get(pid) === session) sessions.delete(pid)
    },
    /** Whether the statement of this session that has just ended was to be cancelled. */
    hasCancelled: (session: pg.ClientBase) => cancelled.delete(session),
    setActive(active: boolean) {
      isActive = active
      if (isActive && !isRunning) void run()
    },
  }

  async function run() {
    isRunning = true
    let client: pg.Client | undefined
    while (isActive) {
      try {
        client ??= await connect(url)
        await cancelWaits(client)
      } catch {
        client?.end().catch(() => {})
        client = undefined
      }
      await sleep(EVERY_MS, undefined, { ref: false })
    }
    isRunning = false
    await client?.end().catch(() => {})
  }

  async function cancelWaits(client: pg.Client) {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE pid = ANY($1) AND ${IS_WAITING}
         AND waitstart < clock_timestamp() - ${MAX_WAIT_MS} * interval '1 millisecond'`,
      [[...sessions.keys()]],
    )
    if (rows.length === 0) return
    // Recorded first, because a cancelled statement may end before this query does.
    for (const { pid } of rows) {
      const session = sessions.get(pid)
      if (session) cancelled.add(session)
    }
    await client.query(`SELECT pg_cancel_backend(pid) FROM pg_locks WHERE pid = ANY($1) AND ${IS_WAITING}`, [
      rows.map(({ pid }) => pid),
    ])
  }
}
export type LockWatch = ReturnType<typeof createLockWatch>

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'lock-watch',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    client.end().catch(() => {})
    throw error
  }
}

// The driver has it, and its types do not.
function pidOf(session: pg.ClientBase): number | undefined {
  const { processID } = session as { processID?: unknown }
  return typeof processID === 'number' ? processID : undefined
}
