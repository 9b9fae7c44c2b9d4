import { expect, test } from 'vitest'
import { sampleEngine } from '../testing/sample-engine.ts'
import { useSyntra } from '../testing/use-syntra.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'

const system = useSyntra()

test('a person asks about a service: an incident without an alert, with numbered evidence and a snapshot', async () => {
  await system.start()
  const { body } = await system.syntra.post('/v1/investigations', {
    namespace: 'shop',
    service: 'core',
    reason: 'slow since lunch',
  })
  const done = await system.syntra.until(`/v1/investigations/${body.id}`, view => view.state === 'waiting')
  expect(done).toMatchObject({
    requestedBy: 'ada',
    scope: { namespace: 'shop', service: 'core', alerts: [] },
    reads: { planned: 7, answered: 7, couldNotRead: 0 },
  })
  const { evidence } = (await system.syntra.get(`/v1/investigations/${body.id}/evidence`)).body
  expect(evidence.map(({ id, question }: { id: string; question: string }) => [id, question])).toEqual([
    ['E1', 'pods'],
    ['E2', 'events'],
    ['E3', 'errors'],
    ['E4', 'latency'],
    ['E5', 'logs'],
    ['E6', 'history'],
    ['E7', 'preflight'],
  ])
  const third = await system.syntra.get(`/v1/investigations/${body.id}/evidence/E3`)
  expect(third.body.answer).toMatchObject({ id: 'E3', outcome: 'read', result: { revision: 7 } })
  const snapshot = await system.syntra.get(`/v1/investigations/${body.id}/snapshot`)
  expect(snapshot.body.reads).toHaveLength(6)
  expect((await system.syntra.get(`/v1/investigations/${body.id}/evidence/E99`)).body.code).toBe(
    'NO_SUCH_EVIDENCE',
  )
})

test('a question about a service with an open incident is answered there, by the running investigation or by another one', async () => {
  await system.start()
  await system.syntra.deliver([{}])
  const ask = async () =>
    (await system.syntra.post('/v1/investigations', { namespace: 'shop', service: 'core' })).body
  const [incident] = (await system.syntra.get('/v1/incidents')).body.incidents
  const running = await ask()
  expect(running).toEqual({ id: incident.investigation.id, incidentId: incident.id })

  const { action } = await waitForProposal(system.syntra)
  await system.syntra.post(`/v1/actions/${action.id}/decision`, {
    decision: 'reject',
    stateDigest: action.stateDigest,
  })
  await system.syntra.until(`/v1/investigations/${running.id}`, view => view.state === 'done')
  const again = await ask()
  expect(again.incidentId).toBe(incident.id)
  expect(again.id).not.toBe(running.id)
  const view = await system.syntra.until(`/v1/investigations/${again.id}`, view => view.scope !== null)
  expect(view.scope.alerts).toHaveLength(1)
  expect((await system.syntra.get('/v1/incidents')).body.incidents).toHaveLength(1)
})

test('a replay reports another conclusion but not another wording, and changes nothing', async () => {
  const engine = sampleEngine()
  let rule = {}
  await system.start({
    engine: {
      ...engine,
      diagnose: view => {
        const diagnosis = engine.diagnose(view)
        return { ...diagnosis, verdict: { ...diagnosis.verdict, ...rule } }
      },
    },
  })
  const { action } = await waitForProposal(system.syntra)
  const path = `/v1/investigations/${action.investigationId}`
  const before = (await system.syntra.get(path)).body.verdict
  expect((await system.syntra.post(`${path}/replay`, undefined)).body.same).toBe(true)
  rule = { message: 'Another wording of the same.' }
  expect((await system.syntra.post(`${path}/replay`, undefined)).body).toMatchObject({
    same: true,
    stored: { message: before.message },
    replayed: rule,
  })
  rule = { outcome: 'inconclusive' }
  const { body } = await system.syntra.post(`${path}/replay`, undefined)
  expect(body).toMatchObject({ same: false, stored: { outcome: 'cause' }, replayed: rule })
  expect((await system.syntra.get(path)).body.verdict).toEqual(before)
})

test('a request without a subject or with an invalid name is rejected with the field and what was expected', async () => {
  await system.start()
  const post = (body: unknown) => system.syntra.post('/v1/investigations', body)
  expect((await post({ namespace: 'shop' })).body).toMatchObject({
    status: 400,
    fields: [{ field: 'service', expected: 'a service or an object' }],
  })
  expect((await post({ namespace: '../etc', service: 'core' })).body.fields[0].field).toBe('namespace')
  expect((await post({ namespace: 'shop', service: 'core', force: true })).status).toBe(400)
})

test('a bug in the diagnosis ends the investigation after three attempts, where people see it', async () => {
  const engine = sampleEngine()
  await system.start({
    engine: {
      ...engine,
      diagnose: () => {
        throw new TypeError('secret-looking internals')
      },
    },
  })
  await system.syntra.deliver([{}])
  const page = await system.syntra.until(
    '/v1/incidents',
    body => body.incidents?.[0]?.investigation?.state === 'failed',
  )
  const view = (await system.syntra.get(`/v1/investigations/${page.incidents[0].investigation.id}`)).body
  expect(view.failure).toEqual({ code: 'INTERNAL', message: expect.not.stringContaining('secret') })
  const { lines } = (await system.syntra.get(`/v1/incidents/${page.incidents[0].id}/timeline`)).body
  expect(lines.at(-1)).toMatchObject({ kind: 'investigation-failed' })
})

test('the checkpoints of a closed incident are removed, and everything that people need is kept', async () => {
  const engine = sampleEngine()
  await system.start({
    engine: { ...engine, chooseProposal: () => ({ proposal: null, message: 'nothing', missing: [] }) },
    settings: { SYNTRA_CLOSE_SECONDS: '1' },
  })
  const checkpoints = async () => (await system.pool.query('SELECT FROM langgraph.checkpoints')).rowCount
  await system.syntra.deliver([{}])
  const page = await system.syntra.until(
    '/v1/incidents',
    body => body.incidents?.[0]?.investigation?.state === 'done',
  )
  expect(await checkpoints()).toBeGreaterThan(0)
  await system.syntra.deliver([{ status: 'resolved', endsAt: new Date().toISOString() }])
  const [{ id, investigation }] = page.incidents
  await system.syntra.until(`/v1/incidents/${id}`, body => body.state === 'closed')
  await expect.poll(checkpoints, { timeout: 20_000 }).toBe(0)
  expect(
    (await system.syntra.post(`/v1/investigations/${investigation.id}/replay`, undefined)).body.same,
  ).toBe(true)
})

test('metrics show what is waiting and what was done', async () => {
  await system.start()
  await waitForProposal(system.syntra)
  const scrape = async (url: string | undefined) => (await fetch(`${url}/metrics`)).text()
  await expect
    .poll(() => scrape(system.syntra.workerMetricsUrl), { timeout: 10_000 })
    .toMatch(/^syntra_approvals_waiting 1$/m)
  const worker = await scrape(system.syntra.workerMetricsUrl)
  expect(worker).toMatch(/^syntra_queue_wait_seconds_count\{lane="critical"\} [1-9]/m)
  expect(worker).toMatch(/^syntra_tool_calls_total\{tool="target_read",outcome="read"\} 7$/m)
  expect(await scrape(system.syntra.metricsUrl)).toMatch(/^syntra_alerts_accepted_total 1$/m)
})
