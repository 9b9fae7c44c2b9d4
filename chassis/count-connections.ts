import type { Pool } from 'pg'

/** Returns a function that counts the connections of a pool. Unlike `totalCount`, it leaves out those that are still being opened. */
export function countConnections(pool: Pool): () => number {
  let count = 0
  const open = new WeakSet<object>()
  pool.on('connect', client => {
    open.add(client)
    count += 1
  })
  pool.on('remove', client => {
    if (open.delete(client)) count -= 1
  })
  return () => count
}
