import { createLog } from '@goalixa/chassis/log'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { buildCore } from '../build-core.ts'
import { readCoreConfig } from '../config.ts'
import type { PageLimits } from '../sync/page-limits.ts'
import { ISSUER, startIssuer } from './start-issuer.ts'

/** Starts core on its own database, with tokens for any number of users and a clock that the test can move. */
export async function startCore({ page, poolMax = 10 }: { page?: PageLimits; poolMax?: number } = {}) {
  const postgres = await startPostgres()
  const issuer = await startIssuer()
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const lines: string[] = []
  const databaseUrl = await postgres.createDatabase()
  const config = readCoreConfig({
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: String(poolMax),
    AUTH_JWKS_URL: issuer.jwksUrl,
    ISSUER,
    PORT: '0',
    METRICS_PORT: '0',
  })
  const logTo = (target: string[]) => createLog({ service: 'core' }, { write: line => target.push(line) })
  const log = logTo(lines)
  const core = await buildCore(config, { now: () => clock.now, log, ...(page ? { page } : {}) })

  const { metricsAddress } = await core.start()

  return {
    ...core,
    metricsText: async () => (await fetch(`${metricsAddress}/metrics`)).text(),
    postgres,
    issuer,
    clock,
    lines,
    logTo,
    config,
    databaseUrl,
    /** Runs a statement as the owner of the tables, past every rule of the service. */
    postgresQuery: async (text: string, values: unknown[] = []) => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      return client.query(text, values).finally(() => client.end())
    },
    /** Creates a user, and a function that calls core as that user. */
    async newUser() {
      const id = uuidv7()
      const call = async (
        method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
        url: string,
        payload?: unknown,
        headers = {},
      ) => {
        const token = await issuer.token(id, { at: clock.now })
        const answer = await core.app.inject({
          method,
          url,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(payload === undefined ? {} : { payload: payload as object }),
        })
        return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
      }
      return { id, call }
    },
    async stopAll() {
      await core.stop()
      await issuer.stop()
      await postgres.stop()
    },
  }
}
export type TestCore = Awaited<ReturnType<typeof startCore>>
