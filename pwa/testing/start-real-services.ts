import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'

const SERVICES = join(import.meta.dirname, '../../product-services')

/** Starts auth, core and bff as separate processes on a real PostgreSQL, as in production. */
export async function startRealServices() {
  const postgres = await startPostgres()
  const started: { stop: () => Promise<void> }[] = []
  const start = async (name: string, env: Record<string, string>) => {
    const service = await startProcess(name, env)
    started.unshift(service)
    return service.address
  }
  const auth = await start('auth', { DATABASE_URL: await postgres.createDatabase() })
  const AUTH_JWKS_URL = `${auth}/.well-known/jwks.json`
  const core = await start('core', { DATABASE_URL: await postgres.createDatabase(), AUTH_JWKS_URL })
  const bff = await start('bff', { AUTH_URL: auth, CORE_URL: core, AUTH_JWKS_URL, INSECURE_COOKIES: 'true' })
  return {
    bff,
    async stop() {
      for (const service of started) await service.stop()
      await postgres.stop()
    },
  }
}

async function startProcess(name: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [join(SERVICES, name, 'main.ts')], {
    env: { PATH: process.env.PATH, PORT: '0', METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      const { msg, address: at } = JSON.parse(line)
      if (msg === 'service started') resolve(at)
    })
    void ended.then(() => reject(new Error(`${name} exited before it had started.`)))
  })
  return {
    address,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
