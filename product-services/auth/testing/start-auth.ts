import { createLog } from '@goalixa/chassis/log'
import type { TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { buildAuth } from '../build-auth.ts'
import { readAuthConfig } from '../config.ts'

/** Starts auth on a fresh database and free ports, with a clock that the test can move. */
export async function startAuth(postgres: TestPostgres) {
  const clock = { now: Date.now() }
  const lines: string[] = []
  const databaseUrl = await postgres.createDatabase()
  const config = readAuthConfig({
    DATABASE_URL: databaseUrl,
    PORT: '0',
    METRICS_PORT: '0',
    ISSUER: 'https://auth.test',
  })
  const log = createLog({ service: 'auth' }, { write: line => lines.push(line) })
  const auth = await buildAuth(config, { now: () => clock.now, log })
  const { address } = await auth.start()

  return {
    ...auth,
    address,
    clock,
    lines,
    databaseUrl,
    async post(path: string, payload: unknown) {
      const answer = await auth.app.inject({ method: 'POST', url: path, payload: payload as object })
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : answer.json(),
        headers: answer.headers,
      }
    },
    async me(accessToken: string) {
      return auth.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${accessToken}` } })
    },
  }
}
export type TestAuth = Awaited<ReturnType<typeof startAuth>>
