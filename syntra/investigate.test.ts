import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeWorld } from './testing/fake-world.ts'
import { startSyntra, type TestSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'
import { untilProposed } from './testing/until-proposed.ts'

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  target = await startTarget()
  syntra = await startSyntra({ databaseUrl: await postgres.createDatabase(), world: fakeWorld(target.url) })
})
afterEach(async () => {
  await syntra.stop()
  await target.stop()
})

test('an alert is explained, approved, acted upon and verified; the record tells it all', async () => {
  const { incident, action } = await untilProposed(syntra)
  expect(incident).toMatchObject({ title: 'HighErrorRate on shop/core', alerts: { firing: 1 } })
  expect(target.world.effects).toEqual([])

  const decision = { decision: 'approve', stateDigest: action.stateDigest, reason: 'go' }
  expect((await syntra.post(`/v1/actions/${action.id}/decision`, decision)).status).toBe(200)
  const done = await syntra.until(`/v1/actions/${action.id}`, body => body.state === 'succeeded')
  expect(done.transitions.map((move: { to: string }) => move.to)).toEqual([
    'awaiting-approval',
    'approved',
    'executing',
    'verifying',
    'succeeded',
  ])
  expect(target.world.effects.map(effect => effect.tool)).toEqual(['target_change_1', 'target_change_2'])

  await syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
  const report = await syntra.get(`/v1/incidents/${incident.id}/report?format=markdown`)
  expect(report.body.text).toContain('The new release of core fails.')
  const timeline = await syntra.get(`/v1/incidents/${incident.id}/timeline`)
  expect(timeline.body.tamperedAt).toBeNull()
  expect(timeline.body.lines.map((line: { kind: string }) => line.kind)).toEqual([
    'incident-opened',
    'alert-joined',
    'investigation-queued',
    'investigation-started',
    'questions-planned',
    ...Array(4).fill('evidence-read'),
    'verdict',
    'questions-planned',
    ...Array(2).fill('evidence-read'),
    'verdict',
    'evidence-read',
    'proposal',
    'action-awaiting-approval',
    'action-approved',
    'action-executing',
    'action-verifying',
    'action-succeeded',
    'report',
    'investigation-finished',
  ])
  const replay = await syntra.post(`/v1/investigations/${action.investigationId}/replay`, undefined)
  expect(replay.body.same).toBe(true)
})
