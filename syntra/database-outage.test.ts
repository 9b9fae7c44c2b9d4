import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { pauseInvestigation, READS_BEFORE_PAUSE } from './testing/pause-investigation.ts'

/** Longer than a job's lock (2 s in tests) and than the time a pool waits for a connection (5 s), so that each expires. */
const OUTAGE_MS = 10_000

import { useSyntra } from './testing/use-syntra.ts'

const system = useSyntra()

const proposed = (body: { incidents?: { action: { state: string } | null }[] }) =>
  body.incidents?.[0]?.action?.state === 'awaiting-approval'

test('PostgreSQL stops for ten seconds in the middle of an investigation, which then continues and reads nothing twice', async () => {
  const { dependencies, paused, resume } = pauseInvestigation(fakeDependencies(system.target.url))
  await system.start({ dependencies })
  await system.syntra.deliver([{}])
  await paused
  await system.postgres.halt()
  resume()
  const isOver = wait(OUTAGE_MS)
  await expect.poll(async () => (await fetch(`${system.syntra.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${system.syntra.url}/livez`)).status).toBe(200)
  await isOver
  await system.postgres.resume()
  await system.syntra.until('/v1/incidents', proposed, 60_000)
  const answered = system.target.world.reads.filter(name => READS_BEFORE_PAUSE.includes(name))
  expect(answered.toSorted()).toEqual(READS_BEFORE_PAUSE)
}, 120_000)

test('without its database Syntra accepts, decides and executes nothing, and answers 503', async () => {
  await system.start()
  await system.syntra.deliver([{}])
  const page = await system.syntra.until('/v1/incidents', proposed)
  const { body: action } = await system.syntra.get(`/v1/actions/${page.incidents[0].action.id}`)
  await system.postgres.halt()
  const delivery = await system.syntra.deliver([{ labels: { alertname: 'Other' } }])
  const decision = await system.syntra.post(`/v1/actions/${action.id}/decision`, {
    decision: 'approve',
    stateDigest: action.stateDigest,
  })
  expect([delivery, decision].map(({ status, body }) => [status, body.code])).toEqual([
    [503, 'DATABASE_UNAVAILABLE'],
    [503, 'DATABASE_UNAVAILABLE'],
  ])
  expect(system.target.world.effects).toEqual([])
  await system.postgres.resume()
  expect(
    await system.syntra.until(`/v1/actions/${action.id}`, body => body.state !== undefined),
  ).toMatchObject({
    state: 'awaiting-approval',
    decisions: [],
  })
}, 120_000)
