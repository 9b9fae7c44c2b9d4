import type { Pool } from '@goalixa/chassis/postgres'
import {
  type BackendFactory,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  runMigrations,
} from 'bullmq'

// BullMQ's own maximum is an hour.
const MAX_WAIT_SECONDS = 5

/**
 * Returns a factory of BullMQ's PostgreSQL backend that uses this pool and ends it. BullMQ's own factory has a pool that knows nothing of
 * the state of the database, and never tries again after its first connection has failed. An idle worker looks for jobs every few seconds: after
 * an outage it waits for a notification without having looked for the jobs that were added before it listened.
 */
export function createBullmqBackend(
  pool: Pool,
): BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> {
  return (name, options) => {
    const connection = new PostgresConnection(pool)
    const close = connection.close.bind(connection)
    let migrated: Promise<void> | undefined
    let closed: Promise<void> | undefined
    const waitUntilReady = () => {
      migrated ??= migrateBullmq(pool).catch(error => {
        migrated = undefined
        throw error
      })
      return migrated
    }
    Object.assign(connection, {
      waitUntilReady,
      close() {
        closed ??= close().then(() => pool.end())
        return closed
      },
    })
    const backend = new PostgresQueueBackend(connection, name, options)
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: MAX_WAIT_SECONDS })
    return Object.assign(backend, { waitUntilReady })
  }
}

async function migrateBullmq(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client)
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}
