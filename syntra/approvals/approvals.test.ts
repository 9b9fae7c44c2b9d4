import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { expect, test } from 'vitest'
import { buildWorker } from '../build-worker.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleEngine } from '../testing/sample-engine.ts'
import { SAMPLE_STEPS } from '../testing/sample-proposal.ts'
import { KEYS, testConfig } from '../testing/test-config.ts'
import { useSyntra } from '../testing/use-syntra.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'

const system = useSyntra()

type Shown = { id: string; stateDigest: string }
const decide = ({ id, stateDigest }: Shown, key?: string, word: Record<string, unknown> = {}) =>
  system.syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest, ...word }, key)
const end = (id: string, state: string) =>
  system.syntra.until(`/v1/actions/${id}`, body => body.state === state)

test('a decision without credentials, by a viewer, on no action, of another state or malformed has an error of its own and decides nothing', async () => {
  await system.start()
  const { action } = await waitForProposal(system.syntra)
  const unknown = { ...action, id: '01900000-0000-7000-8000-000000000000' }
  const answers = await Promise.all([
    decide(action, 'no-such-key-at-all'),
    decide(action, KEYS.eve),
    decide(unknown),
    decide(action, KEYS.ada, { stateDigest: 'f'.repeat(64) }),
    decide(action, KEYS.ada, { stateDigest: undefined }),
    decide(action, KEYS.ada, { decision: 'maybe' }),
    decide(action, KEYS.ada, { force: true }),
  ])
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [401, 'WRONG_CREDENTIALS'],
    [403, 'ROLE_NEEDED'],
    [404, 'NO_SUCH_ACTION'],
    [409, 'STATE_NOT_AS_SHOWN'],
    [400, 'INVALID_INPUT'],
    [400, 'INVALID_INPUT'],
    [400, 'INVALID_INPUT'],
  ])
  expect((await system.syntra.get(`/v1/actions/${action.id}`)).body).toMatchObject({
    state: 'awaiting-approval',
    decisions: [],
  })
})

test('of concurrent decisions exactly one counts, and its effects happen once', async () => {
  await system.start()
  const { action } = await waitForProposal(system.syntra)
  const answers = await Promise.all(
    [KEYS.ada, KEYS.bob, KEYS.root, KEYS.ada, KEYS.bob].map(key => decide(action, key)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, body } of answers)
    if (status !== 200) expect(['ALREADY_DECIDED', 'DECIDED_BEFORE']).toContain(body.code)
  await end(action.id, 'succeeded')
  expect(system.target.world.effects).toHaveLength(SAMPLE_STEPS.length)
})

test('a rejection ends the action without an effect, with the reason in the timeline', async () => {
  await system.start()
  const { incident, action } = await waitForProposal(system.syntra)
  await decide(action, KEYS.bob, { decision: 'reject', reason: 'it is **Friday**' })
  await system.syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
  expect((await decide(action)).body.code).toBe('ALREADY_DECIDED')
  const { body } = await system.syntra.get(`/v1/incidents/${incident.id}/timeline`)
  expect(body.lines.map((line: { message: string }) => line.message)).toContain(
    'bob rejected the action: it is **Friday**',
  )
  expect(system.target.world.effects).toEqual([])
})

test('the requester of an investigation may not approve its action; another operator may', async () => {
  await system.start()
  const asked = await system.syntra.post(
    '/v1/investigations',
    { namespace: 'shop', service: 'core' },
    KEYS.ada,
  )
  expect(asked.status).toBe(202)
  const done = await system.syntra.until(
    `/v1/investigations/${asked.body.id}`,
    body => body.state === 'waiting',
  )
  const { body: action } = await system.syntra.get(`/v1/actions/${done.actionId}`)
  expect(await decide(action, KEYS.ada)).toMatchObject({
    status: 403,
    body: { code: 'REQUESTER_MAY_NOT_DECIDE' },
  })
  expect((await decide(action, KEYS.bob)).status).toBe(200)
  await end(action.id, 'succeeded')
})

test('an R3 change in production that needs two approvals needs two persons', async () => {
  await system.start({ settings: { SYNTRA_APPROVERS_R3: '2' } })
  const { action } = await waitForProposal(system.syntra)
  expect(action.approvalsNeeded).toBe(2)
  expect((await decide(action, KEYS.ada)).body.state).toBe('awaiting-approval')
  expect(await decide(action, KEYS.ada)).toMatchObject({ status: 403, body: { code: 'DECIDED_BEFORE' } })
  expect(system.target.world.effects).toEqual([])
  expect((await decide(action, KEYS.bob)).body.state).toBe('approved')
  await end(action.id, 'succeeded')
})

test('an action without a decision expires; a late decision is rejected and nothing is executed', async () => {
  await system.start({ settings: { SYNTRA_APPROVAL_SECONDS: '1' } })
  const { action } = await waitForProposal(system.syntra)
  await end(action.id, 'expired')
  expect(await decide(action)).toMatchObject({ status: 409, body: { code: 'ACTION_EXPIRED' } })
  await system.syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
  expect(system.target.world.effects).toEqual([])
})

test.each([
  { minutes: 50, state: 'succeeded' },
  { minutes: 61, state: 'expired' },
])(
  'an approval of 30 minutes that waited $minutes minutes for a worker has $state',
  async ({ minutes, state }) => {
    await system.start({ worker: false })
    const worker = () =>
      buildWorker({
        config: testConfig(system.databaseUrl),
        dependencies: fakeDependencies(system.target.url),
        log: createLog({ service: 'worker', level: 'silent' }),
        metrics: createMetrics(),
      })
    let running = await worker()
    try {
      const { action } = await waitForProposal(system.syntra)
      await running.stop()
      await decide(action)
      const { body: approved } = await system.syntra.get(`/v1/actions/${action.id}`)
      expect(Date.parse(approved.expiresAt)).toBeGreaterThan(Date.parse(action.expiresAt))
      const wait = `interval '${minutes} minutes'`
      await system.pool.query(
        `UPDATE actions SET decided_at = decided_at - ${wait}, expires_at = expires_at - ${wait}`,
      )
      running = await worker()
      await end(action.id, state)
      expect(system.target.world.effects).toHaveLength(state === 'succeeded' ? SAMPLE_STEPS.length : 0)
    } finally {
      await running.stop()
    }
  },
)

test('drift between proposal and approval voids the approval, and a new investigation proposes again', async () => {
  await system.start()
  const { incident, action } = await waitForProposal(system.syntra)
  system.target.world.revision = 8
  await decide(action)
  await end(action.id, 'superseded')
  expect(system.target.world.effects).toEqual([])
  const next = await system.syntra.until(
    `/v1/incidents/${incident.id}`,
    body => body.action?.id !== action.id && body.action?.state === 'awaiting-approval',
  )
  const { body: fresh } = await system.syntra.get(`/v1/actions/${next.action.id}`)
  expect(fresh.stateDigest).not.toBe(action.stateDigest)
  await decide(fresh)
  await end(fresh.id, 'succeeded')
  expect(system.target.world.effects).toHaveLength(SAMPLE_STEPS.length)
})

test('an R1 change of a critical service needs an approval', async () => {
  await system.start({ engine: sampleEngine({ risk: 'R1' }) })
  const { action } = await waitForProposal(system.syntra)
  expect(action).toMatchObject({ tier: 'A', approvalsNeeded: 1 })
})

test('a proposal in a freeze window is refused, and names the rule', async () => {
  await system.start({ settings: { SYNTRA_FREEZE_WINDOWS: '2020-01-01T00:00:00Z/2100-01-01T00:00:00Z' } })
  const { action } = await waitForProposal(system.syntra, 'refused')
  expect(action.refusal).toEqual({
    because: ['freeze'],
    message: 'A freeze window is active, and nothing is changed in it.',
  })
  await system.syntra.until(
    `/v1/investigations/${action.investigationId}`,
    body => body.outcome === 'refused',
  )
})

test('a second rollback of the same target within the window is refused', async () => {
  await system.start()
  const { incident, action } = await waitForProposal(system.syntra)
  await decide(action)
  await end(action.id, 'succeeded')
  await system.syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
  await system.syntra.deliver([
    { labels: { alertname: 'Again' }, startsAt: new Date(Date.now() + 1_000).toISOString() },
  ])
  const { action: second } = await system.syntra.until(
    `/v1/incidents/${incident.id}`,
    body => body.action?.id !== action.id && body.action?.state === 'refused',
  )
  const { body } = await system.syntra.get(`/v1/actions/${second.id}`)
  expect(body.refusal.because).toEqual(['no-rollback-of-a-rollback'])
  expect(system.target.world.effects).toHaveLength(SAMPLE_STEPS.length)
})
