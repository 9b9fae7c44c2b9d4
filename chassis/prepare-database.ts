import type { ReadinessCheck } from './check-readiness.ts'
import { ExpectedError } from './errors.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { migrate } from './migrate.ts'
import { checkPostgres, isDatabaseDown, type Pool } from './postgres.ts'

type Options = {
  pool: Pool
  /** The folder of the numbered `.sql` files. */
  migrations: string
  log: Log
  metrics: Metrics
  /** Runs once after the migrations, for example to verify a role. */
  afterMigrations?: () => Promise<void>
  everyMs?: number
}

/**
 * Migrates the database and then checks it every few seconds for `goalixa_dependency_up{dependency="postgres"}`. While
 * the database is unavailable at the start, the service runs but is not ready; any other failure of a migration ends the
 * process through `onFault`.
 */
export function prepareDatabase(options: Options) {
  const { pool, migrations, log, metrics, afterMigrations, everyMs = 3_000 } = options
  const state = { isMigrated: false, isUp: true }
  let timer: NodeJS.Timeout | undefined

  async function migrateOnce() {
    const applied = await migrate(pool, migrations)
    await afterMigrations?.()
    state.isMigrated = true
    if (applied.length > 0) log.info({ applied }, 'database migrated')
  }

  async function checkOnce() {
    try {
      await checkPostgres(pool, metrics)
      if (!state.isUp) log.info('database available again')
      state.isUp = true
      if (!state.isMigrated) await migrateOnce()
    } catch (err) {
      if (!isUnavailable(err)) throw err
      metrics.dependencyUp.set({ dependency: 'postgres' }, 0)
      if (state.isUp) log.error({ err, dependency: 'postgres' }, 'database unavailable')
      state.isUp = false
    }
  }

  return {
    readiness: {
      name: 'postgres',
      async check() {
        await checkPostgres(pool, metrics)
        if (!state.isMigrated)
          throw new ExpectedError('unavailable', 'NOT_MIGRATED', 'The database has not been migrated yet.')
      },
    } satisfies ReadinessCheck,
    /** Resolves after the first attempt. Throws if a migration itself fails. */
    async start(onFault: (error: unknown) => void = rethrowLater): Promise<void> {
      await checkOnce()
      const next = () => {
        timer = setTimeout(() => checkOnce().then(next, onFault), everyMs)
        timer.unref()
      }
      next()
    },
    async stop(): Promise<void> {
      clearTimeout(timer)
      await pool.end()
    },
  }
}

function isUnavailable(error: unknown): boolean {
  return isDatabaseDown(error) || (error instanceof ExpectedError && error.kind === 'unavailable')
}

function rethrowLater(error: unknown) {
  queueMicrotask(() => {
    throw error
  })
}
