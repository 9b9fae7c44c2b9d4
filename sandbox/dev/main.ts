import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { Command, InvalidArgumentError } from 'commander'
import { claimDataFolder } from '../platform/claim-data-folder.ts'
import { createSupervisor } from '../platform/create-supervisor.ts'
import { startDatabase } from '../platform/start-database.ts'
import { startProxy } from './start-proxy.ts'

const options = new Command('bin/dev')
  .description('Runs auth, core, bff, the app and Syntra, reloading them on changes. Ctrl-C stops them.')
  .option('--port <number>', 'the port of the app', readPort, 8000)
  .parse()
  .opts<{ port: number }>()

const cancellation = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => cancellation.abort(new Error('stopped')))

const data = await claimDataFolder()
const { dataDir } = data
const supervisor = await createSupervisor({ logsDir: join(dataDir, 'logs'), signal: cancellation.signal })
try {
  const [auth, core, bff, pwa, syntra] = await Promise.all(Array.from({ length: 5 }, () => findFreePort()))
  // Started first, so that a port in use is reported immediately.
  await startProxy({ port: options.port, bff: bff ?? 0, pwa: pwa ?? 0 })
  const database = await startDatabase(supervisor, dataDir)
  const url = (role: string, name: string) => `postgres://${role}:${role}@127.0.0.1:${database.port}/${name}`
  const watched = (name: string, main: string, env: Record<string, string | number | undefined>) =>
    supervisor.run(
      name,
      process.execPath,
      ['--watch', main],
      Object.fromEntries(
        Object.entries({ METRICS_PORT: 0, LOG_LEVEL: 'info', ...env }).map(([key, value]) => [
          key,
          String(value),
        ]),
      ),
    )
  const jwks = `http://127.0.0.1:${auth}/.well-known/jwks.json`
  watched('auth', 'product-services/auth/main.ts', { PORT: auth, DATABASE_URL: url('auth', 'authdb') })
  watched('core', 'product-services/core/main.ts', {
    PORT: core,
    DATABASE_URL: url('core', 'goalixa'),
    AUTH_JWKS_URL: jwks,
  })
  watched('bff', 'product-services/bff/main.ts', {
    PORT: bff,
    AUTH_URL: `http://127.0.0.1:${auth}`,
    CORE_URL: `http://127.0.0.1:${core}`,
    AUTH_JWKS_URL: jwks,
    INSECURE_COOKIES: 'true',
  })
  watched('pwa', 'pwa/main.ts', { PORT: pwa })
  const syntraSettings = {
    DATABASE_URL: database.syntraUrl,
    SYNTRA_BOOTSTRAP_KEYS: 'dev:admin:development-key-1',
    SYNTRA_WEBHOOK_TOKEN: 'development-token',
  }
  watched('syntra-api', 'syntra/api.ts', { ...syntraSettings, PORT: syntra })
  watched('syntra-worker', 'syntra/worker.ts', { ...syntraSettings, PORT: 0 })
  process.stdout.write(
    [
      `The app      http://127.0.0.1:${options.port}`,
      `Syntra       http://127.0.0.1:${syntra}  (key: development-key-1)`,
      `Logs         ${join(dataDir, 'logs')}`,
      'Press Ctrl-C to stop everything.\n',
    ].join('\n'),
  )
  await new Promise(resolve => cancellation.signal.addEventListener('abort', resolve))
} catch (error) {
  if (!cancellation.signal.aborted)
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = cancellation.signal.aborted ? 0 : 1
} finally {
  await supervisor.stop()
  await data.remove()
  process.exit()
}

function readPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new InvalidArgumentError('It must be an integer from 1 to 65535.')
}
