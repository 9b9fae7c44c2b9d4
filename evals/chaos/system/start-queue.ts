import { findFreePort } from '@goalixa/chassis/find-free-port'
import { Redis } from 'ioredis'
import { keepRunning } from './keep-running.ts'

/** Starts a Redis that holds everything in memory. Like every program of a run it has its own process group, which Ctrl-C does not reach. */
export async function startQueue(dataDir: string) {
  const port = await findFreePort()
  const flags = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  }
  const server = keepRunning({
    name: 'redis',
    command: 'redis-server',
    args: Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    env: {},
    logFile: `${dataDir}/redis.log`,
    restartMs: 1_000,
  })
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { retryStrategy: () => 100, maxRetriesPerRequest: null })
  client.on('error', () => {})
  await client.ping()
  return {
    url,
    server,
    empty: () => client.flushall(),
    async stop() {
      client.disconnect()
      await server.stop()
    },
  }
}
