import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { findFreePort } from '../find-free-port.ts'

/** Starts a real Redis on a free port, in memory only, for tests. */
export async function startRedis() {
  const port = await findFreePort()
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: 'ignore' },
  )
  const url = `redis://127.0.0.1:${port}`
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {})
  await Promise.race([
    client.ping(),
    wait(10_000).then(() => Promise.reject(new Error('redis-server did not start within 10 s'))),
  ])
  return {
    url,
    flush: () => client.flushall(),
    configure: (setting: string, value: string) => client.config('SET', setting, value),
    keys: () => client.keys('*'),
    exists: async (key: string) => (await client.exists(key)) === 1,
    /** Stops answering but keeps the connections, until `thaw`. */
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async stop() {
      client.disconnect()
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
export type TestRedis = Awaited<ReturnType<typeof startRedis>>
