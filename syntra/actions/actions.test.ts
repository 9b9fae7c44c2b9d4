import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { expect, test } from 'vitest'
import type { Dependencies } from '../composition/dependencies.ts'
import { approveProposal } from '../testing/approve-proposal.ts'
import { ARGOCD_APP } from '../testing/argocd-app.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleEngine } from '../testing/sample-engine.ts'
import { SAMPLE_STEPS, SAMPLE_UNDO } from '../testing/sample-proposal.ts'
import { useSyntra } from '../testing/use-syntra.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'

const system = useSyntra()

const HISTORY = {
  kind: 'nothing-deployed' as const,
  tool: 'delivery_list_history' as const,
  args: { name: 'history' },
  path: 'history.0.id',
  value: 1,
}

async function approved(dependencies: Dependencies, settings: Record<string, string> = {}) {
  return approveProposal(await system.start({ dependencies, settings }))
}
const end = (id: string, state: string) =>
  system.syntra.until(`/v1/actions/${id}`, body => body.state === state)
const effects = () => system.target.world.effects.map(({ tool, actionId }) => tool + actionId.slice(36))

test('an action without an effect in the window is undone once, under its own idempotency key, and needs human attention', async () => {
  system.target.world.isStubborn = true
  const { incident, action } = await approved(fakeDependencies(system.target.url))
  const undone = await end(action.id, 'undone')
  expect(undone.verification).toMatchObject({ result: 'no-effect' })
  expect(undone.outcome.message).toContain('Needs human attention')
  expect(effects()).toEqual([...SAMPLE_STEPS, ...SAMPLE_UNDO.map(tool => `${tool}-undo`)])
  await system.syntra.until(`/v1/incidents/${incident.id}`, body => body.investigation.outcome === 'undone')
})

test('an undo goes on where its pull request can no longer be closed, and says so', async () => {
  system.target.world.isStubborn = true
  system.target.world.errors = 0.95
  const dependencies = fakeDependencies(system.target.url)
  const changed = new ExpectedError(
    'conflict',
    'STATE_CHANGED',
    'Pull request 7 has changed since it was opened.',
  )
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      write: (tool, args, call) =>
        tool === 'forge_close_revert'
          ? Promise.reject(changed)
          : dependencies.toolExecutor.write(tool, args, call),
    },
  })
  const undone = await end(action.id, 'undone')
  expect(undone.outcome.message).toContain('Pull request 7 has changed since it was opened.')
  expect(effects()).toEqual([
    ...SAMPLE_STEPS,
    ...SAMPLE_UNDO.filter(tool => tool !== 'forge_close_revert').map(tool => `${tool}-undo`),
  ])
})

test('an action that makes things worse is undone before the window ends', async () => {
  system.target.world.isStubborn = true
  system.target.world.errors = 0.95
  const { action } = await approved(fakeDependencies(system.target.url))
  const undone = await end(action.id, 'undone')
  expect(undone.verification.result).toBe('worse')
})

test('a recovery does not count as the action’s if something else than it deployed is in place', async () => {
  const dependencies = fakeDependencies(system.target.url)
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      async write(tool, args, call) {
        const answer = await dependencies.toolExecutor.write(tool, args, call)
        return tool === 'delivery_rollback_app' ? { ...Object(answer), revision: 'approved' } : answer
      },
    },
  })
  const failed = await end(action.id, 'failed')
  expect(failed.verification.result).toBe('recovered')
  expect(failed.outcome.message).toContain('and not from approved as approved. Nothing was undone.')
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('missing data is neither recovery nor degradation: nothing is undone, and the action needs human attention', async () => {
  system.target.world.isStubborn = true
  system.target.world.errors = null
  const { action } = await approved(fakeDependencies(system.target.url))
  const { verification, outcome } = await end(action.id, 'failed')
  expect(verification.result).toBe('unknown')
  const holds = new Set(verification.readings.map((reading: { holds: boolean | null }) => reading.holds))
  expect(holds).toEqual(new Set([null, true]))
  expect(outcome.message).toContain('Needs human attention')
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('a step that fails after an earlier one took effect leads to an undo', async () => {
  const dependencies = fakeDependencies(system.target.url)
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      write: (tool, args, call) =>
        tool === 'delivery_rollback_app'
          ? Promise.reject(new TypeError('tool is broken'))
          : dependencies.toolExecutor.write(tool, args, call),
    },
  })
  const undone = await end(action.id, 'undone')
  expect(undone.transitions.map((move: { message: string }) => move.message)).toContain(
    'The action was executed only in part; Syntra undoes it once.',
  )
  expect(effects()).toEqual(['delivery_set_auto_sync', 'delivery_set_auto_sync-undo'])
})

test('a rollback that someone else’s deployment has replaced is undone by restoring auto-sync', async () => {
  const engine = sampleEngine()
  const dependencies = fakeDependencies(system.target.url, {
    ...engine,
    chooseProposal(input) {
      const choice = engine.chooseProposal(input)
      const { proposal } = choice
      return proposal === null ? choice : { ...choice, proposal: { ...proposal, preconditions: [HISTORY] } }
    },
  })
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      async read(tool, args, signal) {
        if (tool === 'delivery_list_history') return { history: [{ id: 1 }] }
        if (tool === 'delivery_get_app') return { ...ARGOCD_APP, syncStatus: 'Synced' }
        if (tool === 'delivery_list_deployments_since')
          return { deployments: [{ id: 2, revision: null, requestedBy: 'other' }], isSameContent: true }
        return dependencies.toolExecutor.read(tool, args, signal)
      },
      write: (tool, args, call) =>
        tool === 'delivery_rollback_app'
          ? Promise.reject(new ExpectedError('conflict', 'OPERATION_REPLACED', 'Somebody synced core.'))
          : dependencies.toolExecutor.write(tool, args, call),
    },
  })
  await end(action.id, 'undone')
  expect(effects()).toEqual(['delivery_set_auto_sync', 'delivery_set_auto_sync-undo'])
})

test('nothing is undone while the deployments since the approval cannot be read, and the action needs human attention', async () => {
  system.target.world.isStubborn = true
  const engine = sampleEngine()
  const dependencies = fakeDependencies(system.target.url, {
    ...engine,
    chooseProposal(input) {
      const choice = engine.chooseProposal(input)
      const { proposal } = choice
      return proposal === null ? choice : { ...choice, proposal: { ...proposal, preconditions: [HISTORY] } }
    },
  })
  const { action } = await approved(
    {
      ...dependencies,
      toolExecutor: {
        ...dependencies.toolExecutor,
        async read(tool, args, signal) {
          if (tool === 'delivery_list_deployments_since')
            throw new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', 'away')
          if (tool === 'delivery_list_history') return { history: [{ id: 1 }] }
          return dependencies.toolExecutor.read(tool, args, signal)
        },
      },
    },
    { SYNTRA_STEP_PATIENCE_SECONDS: '1', SYNTRA_STUCK_SECONDS: '1' },
  )
  const failed = await end(action.id, 'failed')
  expect(failed.outcome.message).toContain('the deployments since the approval could not be read')
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('a step that fails after a mere notification leaves nothing to undo', async () => {
  const dependencies = fakeDependencies(system.target.url)
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      isNotification: tool => tool === 'delivery_set_auto_sync',
      write: (tool, args, call) =>
        tool === 'delivery_rollback_app'
          ? Promise.reject(new TypeError('tool is broken'))
          : dependencies.toolExecutor.write(tool, args, call),
    },
  })
  const failed = await end(action.id, 'failed')
  expect(failed.transitions.at(-1).message).toContain('Nothing else was changed.')
  expect(effects()).toEqual(['delivery_set_auto_sync'])
})

test('a write whose answer was lost is not repeated, because its effect is found', async () => {
  const dependencies = fakeDependencies(system.target.url)
  let isLost = false
  const { action } = await approved({
    ...dependencies,
    toolExecutor: {
      ...dependencies.toolExecutor,
      async write(tool, args, call) {
        const answer = await dependencies.toolExecutor.write(tool, args, call)
        if (isLost) return answer
        isLost = true
        throw new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', 'late')
      },
    },
  })
  const done = await end(action.id, 'succeeded')
  expect(effects()).toEqual(SAMPLE_STEPS)
  expect(done.steps[0]).toMatchObject({ state: 'done', attempts: 2 })
})

test('a policy that is broken between approval and execution stops the execution', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'))
  await cp(join(import.meta.dirname, '../policy'), folder, { recursive: true })
  await system.start({ settings: { SYNTRA_POLICY_DIR: folder } })
  const { action } = await waitForProposal(system.syntra)
  await writeFile(join(folder, 'policies.cedar'), 'permit (principal, action == Action::"decide", resource);')
  await system.syntra.post(`/v1/actions/${action.id}/decision`, {
    decision: 'approve',
    stateDigest: action.stateDigest,
  })
  const refused = await end(action.id, 'refused')
  expect(refused.outcome.message).toBe('No policy allows the change.')
  expect(system.target.world.effects).toEqual([])
})

test('an irreversible change that does not help ends as failed', async () => {
  system.target.world.isStubborn = true
  const engine = sampleEngine()
  const { action } = await approved(
    fakeDependencies(system.target.url, {
      ...engine,
      chooseProposal: input => {
        const choice = engine.chooseProposal(input)
        return choice.proposal
          ? { ...choice, proposal: { ...choice.proposal, undo: { irreversible: 'It deletes data.' } } }
          : choice
      },
    }),
  )
  const failed = await end(action.id, 'failed')
  expect(failed.outcome.message).toContain('it cannot be undone: It deletes data.')
})

test('an unrelated alert causes no undo and is named with the verified recovery', async () => {
  system.target.world.unrelatedAlerts = ['DiskFull']
  const engine = sampleEngine()
  const { action } = await approved(
    fakeDependencies(system.target.url, {
      ...engine,
      chooseProposal(input) {
        const choice = engine.chooseProposal(input)
        if (choice.proposal === null) return choice
        const message = 'DiskFull of backup is still firing, which this cause does not explain'
        const unrelatedAlerts = [
          {
            kind: 'unrelated-alert-firing' as const,
            alert: { name: 'DiskFull', labels: { service: 'backup' }, prefixes: {} },
            message,
            tool: 'prometheus_read_alert_rule' as const,
            args: { alertname: 'DiskFull' },
            path: 'holding',
            op: '>' as const,
            value: 0,
          },
        ]
        const verification = { ...choice.proposal.verification, unrelatedAlerts }
        return { ...choice, proposal: { ...choice.proposal, verification } }
      },
    }),
  )
  const done = await end(action.id, 'succeeded')
  expect(done.outcome.message).toBe(
    'Recovery is verified. But DiskFull of backup is still firing, which this cause does not explain.',
  )
  expect(effects()).toEqual(SAMPLE_STEPS)
})
