import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createBrowser } from './browser.ts'
import { startService } from './start-service.ts'

/** Starts auth, core and the BFF as processes on one PostgreSQL, for tests; `redisUrl` is for auth and the BFF. */
export async function startProduct({ redisUrl }: { redisUrl?: string } = {}) {
  const postgres = await startPostgres()
  const redis: Record<string, string> = redisUrl === undefined ? {} : { REDIS_URL: redisUrl }
  const auth = await startService('auth', { DATABASE_URL: await postgres.createDatabase(), ...redis })
  const AUTH_JWKS_URL = `${auth.address}/.well-known/jwks.json`
  const core = await startService('core', { DATABASE_URL: await postgres.createDatabase(), AUTH_JWKS_URL })
  let people = 0

  const startBff = (env: Record<string, string> = {}) =>
    startService('bff', {
      AUTH_URL: auth.address,
      CORE_URL: core.address,
      AUTH_JWKS_URL,
      INSECURE_COOKIES: 'true',
      ...redis,
      ...env,
    })
  const bff = await startBff()

  return {
    auth,
    core,
    bff,
    /** Starts another BFF with other settings. */
    startBff,
    newAddress: () => `person${++people}@example.com`,
    newBrowser: () => createBrowser(bff.address),
    /** Returns the browser of a new person who is signed in. */
    async signedIn() {
      const page = createBrowser(bff.address)
      const email = this.newAddress()
      const { status } = await page.signUp(email)
      if (status !== 200) throw new Error(`Signing in was answered ${status}.`)
      return { page, email }
    },
    /** Stops everything and resolves with the exit codes. */
    async stop(): Promise<(number | null)[]> {
      const codes = await Promise.all([bff, core, auth].map(service => service.stop()))
      await postgres.stop()
      return codes
    },
  }
}
export type TestProduct = Awaited<ReturnType<typeof startProduct>>
