import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { sampleEngine } from './testing/sample-engine.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { startTarget } from './testing/start-target.ts'

const DAY_MS = 86_400_000
let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterEach(() => vi.useRealTimers())
afterAll(() => postgres.stop())

test.each([DAY_MS, -DAY_MS])(
  'a process whose clock is off by %i ms expires no approval and abandons no notification',
  async offsetMs => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offsetMs })
    const target = await startTarget()
    const receiver = await createAnsweringServer(() => ({ status: 500 }))
    const databaseUrl = await postgres.createDatabase()
    const db = new pg.Client({ connectionString: databaseUrl })
    await db.connect()
    const syntra = await startSyntra({
      databaseUrl,
      dependencies: fakeDependencies(target.url, sampleEngine()),
      settings: {
        SYNTRA_NOTIFY_WEBHOOK_URL: receiver.url,
        SYNTRA_APPROVAL_SECONDS: '600',
        SYNTRA_CLOSE_SECONDS: '600',
      },
    })
    try {
      await syntra.deliver([{}])
      const page = await syntra.until(
        '/v1/incidents',
        body => body.incidents?.[0]?.action?.state === 'awaiting-approval',
      )
      const times = await db.query(
        `SELECT extract(epoch FROM i.opened_at - now())::float AS opened,
           extract(epoch FROM a.expires_at - now())::float AS expires
         FROM incidents i JOIN actions a ON a.incident_id = i.id`,
      )
      expect(Math.abs(times.rows[0].opened)).toBeLessThan(120)
      expect(Math.abs(times.rows[0].expires - 600)).toBeLessThan(120)
      // What another process wrote is a moment old, and so is the worker's next look at it.
      await expect.poll(() => receiver.asked.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2)
      const { rows } = await db.query('SELECT count(*)::int AS pending FROM notifications')
      expect(rows[0].pending).toBeGreaterThan(0)
      const { body } = await syntra.get(`/v1/actions/${page.incidents[0].action.id}`)
      expect(body.state).toBe('awaiting-approval')
    } finally {
      await db.end()
      await syntra.stop()
      await receiver.close()
      await target.stop()
    }
  },
  90_000,
)
