import { randomUUID } from 'node:crypto'
import { chooseProposal } from '@goalixa/agents/devops/choose-proposal'
import { Method, type Proposal } from '@goalixa/agents/devops/proposal'
import { STEP_TOOLS } from '@goalixa/agents/devops/step'
import { diagnose } from '@goalixa/agents/incident/diagnose'
import { reviewProposal } from '@goalixa/agents/reviewer/review-proposal'
import { investigate } from '@goalixa/agents/testing/investigate'
import type { World } from '@goalixa/agents/testing/sample-cluster'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createActionsService } from '@goalixa/syntra/actions/actions.service'
import { createToolExecutor, type ToolExecutor } from '@goalixa/syntra/actions/execution/tool-executor'
import { createLedger } from '@goalixa/syntra/actions/ledger'
import { readAction } from '@goalixa/syntra/actions/read-action'
import { readRecovery } from '@goalixa/syntra/actions/verification/read-recovery'
import { createApprovalsService } from '@goalixa/syntra/approvals/approvals.service'
import { createPolicy } from '@goalixa/syntra/policy/policy'
import { openStorage, type Storage } from '@goalixa/syntra/storage/open-storage'
import { allTools } from '@goalixa/tools/catalog'
import { createClients, type ToolSettings } from '@goalixa/tools/create-clients'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installSample } from './install-sample.ts'
import { proposalCases, shapeOf } from './proposal-cases.ts'
import { startSamplePrometheus } from './start-sample-prometheus.ts'

// A contract test: the actions service executes what the engine proposes, on emulated systems that match the sample. A
// tool, argument, reference, path or predicate that the engine writes and the service cannot read fails its case.
const cases = proposalCases()
const signal = new AbortController().signal
const now = () => new Date()

let postgres: TestPostgres
let healthy: { url: string; stop: () => Promise<void> }
let failing: typeof healthy

beforeAll(async () => {
  const alerts = [...new Set(cases.flatMap(({ world }) => world().scope.map(({ name }) => name)))]
  ;[postgres, healthy, failing] = await Promise.all([
    startPostgres(),
    startSamplePrometheus({ alerts, isFailing: false }),
    startSamplePrometheus({ alerts, isFailing: true }),
  ])
}, 60_000)
afterAll(() => Promise.all([postgres.stop(), healthy.stop(), failing.stop()]))

test('the sample faults cover every method and every write tool of a step', () => {
  const proposals = cases.map(({ world }) => proposed(world()))
  expect(new Set(proposals.map(({ method }) => method))).toEqual(new Set(Method.options))
  const undoOf = ({ undo }: Proposal) => ('steps' in undo ? undo.steps : [])
  const steps = proposals.flatMap(proposal => [...proposal.steps, ...undoOf(proposal)])
  expect(new Set(steps.map(({ tool }) => tool))).toEqual(new Set(STEP_TOOLS))
})

test.concurrent.for(cases)(
  '$title',
  { timeout: 120_000 },
  async ({ service, shape, world: sample }, { onTestFinished }) => {
    const world = sample()
    const systems = await installSample(world, service)
    onTestFinished(() => systems.stop())
    const storage = await openStorage({
      url: await postgres.createDatabase(),
      name: 'test',
      leaseSeconds: 10,
    })
    onTestFinished(() => storage.close())
    const proposal = proposed(world)
    expect(shapeOf(proposal)).toBe(shape)
    const before = await systems.specs()
    // A merge that was approved while a window was closed is deployed once it opens.
    await systems.openSyncWindows()
    const act = actionsOn(storage, executorFor({ ...systems.tools, prometheus: { url: healthy.url } }))
    const id = await act.approve(await act.submit(proposal))

    const executed = await act.actions.execute(id, signal)
    expect(await failuresOf(storage, id)).toEqual([])
    if (proposal.handoff !== undefined) {
      expect(executed).toBe('handed-off')
      expect(await readAction(storage.pool, id)).toMatchObject({ pendingRevert: { state: 'waiting' } })
      return
    }
    expect(executed).toBe('verifying')
    await untilRecovered(proposal, act.toolExecutor)
    expect(await systems.specs()).not.toEqual(before)

    // Then the same action without a recovery: Prometheus sees the same failure as before.
    const worse = actionsOn(storage, executorFor({ ...systems.tools, prometheus: { url: failing.url } }))
    expect(['no-effect', 'worse']).toContain(await worse.actions.verify(id, signal))
    if ('irreversible' in proposal.undo) {
      expect(await worse.actions.undo(id, signal)).toBe('failed')
      return
    }
    const undone = await worse.actions.undo(id, signal)
    expect(await failuresOf(storage, id)).toEqual([])
    expect(undone).toBe('undone')
    await until(async () => JSON.stringify(await systems.specs()) === JSON.stringify(before))
  },
)

/** Returns what the engine proposes now, with recovery checks that take seconds. */
function proposed(world: World): Proposal {
  const investigated = investigate(world)
  // Recovery checks compare with what Prometheus scraped at the diagnosis, which is now.
  const snapshot = { ...investigated.snapshot, at: now().toISOString() }
  const { verdict } = investigated
  const { proposal, message } = chooseProposal({ diagnosis: diagnose(snapshot), verdict })
  if (proposal === null) throw new Error(`The engine proposes nothing: ${message}`)
  expect(reviewProposal({ proposal, verdict, snapshot }).objections).toEqual([])
  const verification = { ...proposal.verification, forSeconds: 0.5, withinSeconds: 1 }
  return { ...proposal, verification }
}

function executorFor(tools: ToolSettings): ToolExecutor {
  return createToolExecutor({
    tools: allTools,
    clients: createClients(tools),
    readTimeoutMs: 10_000,
    writeTimeoutMs: 60_000,
  })
}

function actionsOn({ pool, leases }: Storage, toolExecutor: ToolExecutor) {
  const ledger = createLedger(pool, now)
  const policy = createPolicy()
  const limits = { windowSeconds: 1_800, actionsPerWindow: 3, freezeWindows: [] }
  const approvers = { R3: 1, R4: 2 }
  const actions = createActionsService({
    ...{ pool, leases, ledger, policy, toolExecutor, limits, approvers, now },
    approvalSeconds: 600,
    patienceSeconds: 10,
    pollMs: 200,
  })
  return {
    toolExecutor,
    actions,
    async submit(proposal: Proposal): Promise<string> {
      const investigationId = await investigationIn(pool)
      const { actionId, state } = await actions.submit({
        investigationId,
        proposal,
        objections: [],
      })
      expect(state).toBe('awaiting-approval')
      return actionId
    },
    async approve(id: string): Promise<string> {
      const { stateDigest } = await readAction(pool, id)
      const operator = { name: 'ada', role: 'operator' as const }
      await createApprovalsService({ pool, ledger, policy, limits, approvalSeconds: 1_800, now }).decide(
        id,
        operator,
        {
          decision: 'approve',
          stateDigest,
        },
      )
      return id
    },
  }
}

async function investigationIn(pool: Storage['pool']): Promise<string> {
  const [incidentId, id] = [randomUUID(), randomUUID()]
  await pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at)
     VALUES ($1, 'open', 'A sample fault', 'critical', now(), now())`,
    [incidentId],
  )
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by)
     VALUES ($2, $1, 'running', 'alert', 'alertmanager')`,
    [incidentId, id],
  )
  return id
}

/** Returns the steps that are not done, with the reasons. */
async function failuresOf({ pool }: Storage, id: string) {
  const { rows } = await pool.query(
    `SELECT tool, result FROM action_steps WHERE action_id = $1 AND state <> 'done'`,
    [id],
  )
  return rows
}

/** Waits until every recovery predicate holds and no predicate for harm does; the error shows the last readings. */
async function untilRecovered({ verification }: Proposal, toolExecutor: ToolExecutor) {
  let readings: unknown[] = []
  await until(async () => {
    const { recovered, worse, unrelatedAlerts } = await readRecovery(verification, toolExecutor, signal)
    readings = [...recovered, ...worse, ...unrelatedAlerts].filter(
      ({ role, holds }) => holds !== (role === 'recovered'),
    )
    return readings.length === 0
  }).catch(() => expect(readings).toEqual([]))
}
