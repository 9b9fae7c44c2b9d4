import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Dependencies } from './composition/dependencies.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { sampleEngine } from './testing/sample-engine.ts'
import { startSyntra, type TestSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'

/** Longer than a job's lock (2 s in tests) and than the time a pool waits for a connection (5 s), so that each expires. */
const OUTAGE_MS = 10_000

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra

beforeEach(async () => {
  postgres = await startPostgres()
  target = await startTarget()
})
afterEach(async () => {
  await syntra.stop()
  await target.stop()
  await postgres.stop()
})

async function start(dependencies: Dependencies) {
  syntra = await startSyntra({ databaseUrl: await postgres.createDatabase(), dependencies })
}

const proposed = (body: { incidents?: { action: { state: string } | null }[] }) =>
  body.incidents?.[0]?.action?.state === 'awaiting-approval'

test('PostgreSQL stops for ten seconds in the middle of an investigation, which then continues and reads nothing twice', async () => {
  const dependencies = fakeDependencies(target.url)
  const reading = Promise.withResolvers<void>()
  const outage = Promise.withResolvers<void>()
  const createRecorder: Dependencies['createRecorder'] = store => {
    const recorder = dependencies.createRecorder(store)
    return {
      async read(question, context) {
        if (question.id === 'logs') {
          reading.resolve()
          await outage.promise
        }
        return recorder.read(question, context)
      },
    }
  }
  await start({ ...dependencies, createRecorder })
  await syntra.deliver([{}])
  await reading.promise
  await postgres.halt()
  outage.resolve()
  const isOver = wait(OUTAGE_MS)
  await expect.poll(async () => (await fetch(`${syntra.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${syntra.url}/livez`)).status).toBe(200)
  await isOver
  await postgres.resume()
  await syntra.until('/v1/incidents', proposed, 60_000)
  const answered = target.world.reads.filter(name => ['pods', 'events', 'errors', 'latency'].includes(name))
  expect(answered.toSorted()).toEqual(['errors', 'events', 'latency', 'pods'])
}, 120_000)

test('without its database Syntra accepts, decides and executes nothing, and answers 503', async () => {
  await start(fakeDependencies(target.url, sampleEngine()))
  await syntra.deliver([{}])
  const page = await syntra.until('/v1/incidents', proposed)
  const { body: action } = await syntra.get(`/v1/actions/${page.incidents[0].action.id}`)
  await postgres.halt()
  const delivery = await syntra.deliver([{ labels: { alertname: 'Other' } }])
  const decision = await syntra.post(`/v1/actions/${action.id}/decision`, {
    decision: 'approve',
    stateDigest: action.stateDigest,
  })
  expect([delivery, decision].map(({ status, body }) => [status, body.code])).toEqual([
    [503, 'DATABASE_UNAVAILABLE'],
    [503, 'DATABASE_UNAVAILABLE'],
  ])
  expect(target.world.effects).toEqual([])
  await postgres.resume()
  expect(await syntra.until(`/v1/actions/${action.id}`, body => body.state !== undefined)).toMatchObject({
    state: 'awaiting-approval',
    decisions: [],
  })
}, 120_000)
