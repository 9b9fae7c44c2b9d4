import type { Pool } from '@goalixa/chassis/postgres'
import {
  type BackendFactory,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  runMigrations,
} from 'bullmq'

/**
 * Returns a factory of BullMQ's PostgreSQL backend that uses this pool and ends it. BullMQ's own factory has a pool that knows nothing of
 * the state of the database, and never tries again after its first connection has failed.
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
    return Object.assign(new PostgresQueueBackend(connection, name, options), { waitUntilReady })
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
