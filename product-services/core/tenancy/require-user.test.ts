import { promisify } from 'node:util'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCore, type TestCore } from '../testing/start-core.ts'

const PATIENT = { timeout: 20_000 }
let core: TestCore

beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.stopAll())

test('a body that core works on counts until core has finished, even if its client goes away', async () => {
  const { port } = core.app.server.address() as { port: number }
  const connections = promisify(core.app.server.getConnections.bind(core.app.server))
  const ann = await core.newUser()
  const bob = await core.newUser()
  async function sync({ id }: { id: string }, bytes: number, signal?: AbortSignal) {
    // It takes the lock of the person's writes.
    const body = JSON.stringify({
      attempt: 1,
      clientId: uuidv7(),
      cursor: 0,
      ops: [],
      withdraws: 1,
      schema: 1,
    })
    const answer = await fetch(`http://127.0.0.1:${port}/v1/sync`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await core.issuer.token(id, { at: core.clock.now })}`,
      },
      body: body.padEnd(bytes, ' '),
      signal: signal ?? null,
    })
    return answer.status
  }
  await ann.call('POST', '/v1/tasks', { name: 'Task' })

  const database = new pg.Client({ connectionString: core.databaseUrl })
  await database.connect()
  try {
    await database.query('BEGIN')
    await database.query('SELECT FROM sync_heads WHERE user_id = $1 FOR UPDATE', [ann.id])
    const leaving = new AbortController()
    const left = sync(ann, 8_000_000, leaving.signal).catch(() => 'left')
    const isWaiting = async () => {
      // On a connection of its own: a transaction sees one and the same list all the time.
      const { rowCount } = await core.postgresQuery(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      return rowCount === 1
    }
    await expect.poll(isWaiting, PATIENT).toBe(true)
    leaving.abort()
    expect(await left).toBe('left')
    await expect.poll(() => connections(), PATIENT).toBe(0)

    expect(await sync(bob, 5_000_000)).toBe(429)
    await database.query('ROLLBACK')
    await expect.poll(() => sync(bob, 5_000_000), PATIENT).toBe(200)
  } finally {
    await database.end()
  }
})
