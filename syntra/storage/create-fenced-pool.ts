import type { Client, Pool } from '@goalixa/chassis/postgres'
import { fence } from './fence.ts'

/** The same pool, but every transaction is fenced: for third-party code that begins its own transactions. */
export function createFencedPool(pool: Pool): Pool {
  return withMember(pool, 'connect', async () => {
    const client = await pool.connect()
    const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
    return withMember<Client>(client, 'query', async (...given: unknown[]) => {
      const result = await query(...given)
      if (given[0] === 'BEGIN') await fence(client)
      return result
    })
  })
}

// Other methods keep the original as `this`: `pool.query` calls `connect` with a callback.
function withMember<T extends object>(original: T, name: keyof T, member: unknown): T {
  return new Proxy(original, {
    get(target, key) {
      if (key === name) return member
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
