import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { fakeDependencies } from '@goalixa/syntra/testing/fake-dependencies'
import { type PlannedRollback, rollbackEngine } from '@goalixa/syntra/testing/rollback-engine'
import { startSyntra, type TestSyntra } from '@goalixa/syntra/testing/start-syntra'
import { startTarget, type Target } from '@goalixa/syntra/testing/start-target'
import { waitForProposal } from '@goalixa/syntra/testing/wait-for-proposal'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Delivery, startDelivery } from './start-delivery.ts'

// Executes the plan of a rollback with the real tools on the emulated Argo CD and GitHub.
let postgres: TestPostgres
let target: Target
let delivery: Delivery
let syntra: TestSyntra

beforeAll(async () => {
  postgres = await startPostgres()
  target = await startTarget()
  delivery = await startDelivery()
}, 180_000)
afterAll(async () => {
  await delivery.stop()
  await target.stop()
  await postgres.stop()
})
afterEach(() => syntra.stop())

async function proposed(wanted: PlannedRollback) {
  const dependencies = {
    ...fakeDependencies(target.url, rollbackEngine(wanted)),
    toolExecutor: delivery.toolExecutor,
  }
  const options = {
    databaseUrl: await postgres.createDatabase(),
    dependencies,
    settings: { SYNTRA_TIME_SCALE: '30', SYNTRA_STUCK_SECONDS: '1' },
  }
  syntra = await startSyntra(options)
  const { action, incident } = await waitForProposal(syntra)
  const { id, stateDigest } = action
  return {
    incident,
    path: `/v1/actions/${id}`,
    approve: () => syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest }),
    async restart() {
      await syntra.stop()
      syntra = await startSyntra(options)
    },
  }
}

async function ended(wanted: PlannedRollback, state: string) {
  const { incident, path, approve } = await proposed(wanted)
  await approve()
  return { incident, path, action: await syntra.until(path, body => body.state === state) }
}

const stepsOf = (action: { steps: { phase: string; tool: string; state: string }[] }, phase: string) =>
  action.steps.filter(step => step.phase === phase).map(({ tool, state }) => [tool, state])
const automatedOf = async (name: string) => (await delivery.argocd.get(name)).spec.syncPolicy?.automated

test('auto-sync that a rollback turned off is restored once Argo CD sees the merged revert', async () => {
  const release = await delivery.releaseBad()
  const { incident, path, action } = await ended(
    { release, method: 'delivery-rollback', helps: true },
    'succeeded',
  )
  expect(action.target).toBe(`Application/${release.name}`)
  expect(await delivery.versionOf(release.name)).toBe('good')
  const pulls = await delivery.github('GET', '/pulls?state=open')
  expect(action.pendingRevert).toEqual({
    state: 'waiting',
    message: `Auto-sync of ${release.name} is off; it is restored when pull request #${pulls[0].number} of github.test/goalixa/deploy is merged.`,
  })
  expect(await automatedOf(release.name)).toBeUndefined()

  await delivery.github('PUT', `/pulls/${pulls[0].number}/merge`, {})
  const after = await syntra.until(path, body => body.pendingRevert.state === 'done')
  expect(after.pendingRevert.message).toContain('is restored')
  expect(stepsOf(after, 'later')).toEqual([['delivery_set_auto_sync', 'done']])
  expect(await automatedOf(release.name)).toMatchObject({ prune: true })
  await delivery.argocd.until(release.name, ({ status }) => status.sync.status === 'Synced')
  expect(await delivery.versionOf(release.name)).toBe('good')
  const { body } = await syntra.get(`/v1/incidents/${incident.id}/timeline?limit=200`)
  const kinds = body.lines.map(({ kind }: { kind: string }) => kind)
  expect(kinds.filter((kind: string) => kind === 'auto-sync-restored')).toHaveLength(1)
}, 180_000)

test('a rollback that does not help is undone step by step: pull request, deployment, auto-sync', async () => {
  const release = await delivery.releaseBad()
  const { action } = await ended({ release, method: 'delivery-rollback', helps: false }, 'undone')
  expect(stepsOf(action, 'undo')).toEqual([
    ['forge_close_revert', 'done'],
    ['delivery_rollback_app', 'done'],
    ['delivery_set_auto_sync', 'done'],
  ])
  expect(await delivery.versionOf(release.name)).toBe('bad')
  expect(await automatedOf(release.name)).toMatchObject({ prune: true })
  expect(action.pendingRevert).toMatchObject({ state: 'done' })
  expect(await delivery.github('GET', '/pulls?state=open')).toEqual([])
}, 180_000)

test('a merged revert that does not help is undone by reverting the revert', async () => {
  const release = await delivery.releaseBad()
  const { action } = await ended({ release, method: 'git-revert', helps: false }, 'undone')
  expect(stepsOf(action, 'undo')).toEqual([
    ['forge_open_revert', 'done'],
    ['forge_merge_revert', 'done'],
    ['delivery_refresh_app', 'done'],
  ])
  await delivery.argocd.until(release.name, ({ status }) => status.history?.length === 4)
  expect(await delivery.versionOf(release.name)).toBe('bad')
}, 180_000)

test('a rollback that a closed window blocks is terminated, and only the pause is undone', async () => {
  const release = { ...(await delivery.releaseBad()), operationSeconds: 2 }
  const { path, approve } = await proposed({ release, method: 'delivery-rollback', helps: true })
  const { write } = delivery.toolExecutor
  // The window closes after the preconditions were checked.
  delivery.toolExecutor.write = async (tool, args, call) => {
    if (tool === 'delivery_rollback_app') await window([DENY])
    return write(tool, args, call)
  }
  try {
    await approve()
    const action = await syntra.until(path, body => body.state === 'undone')
    expect(stepsOf(action, 'do')).toEqual([
      ['delivery_set_auto_sync', 'done'],
      ['delivery_rollback_app', 'failed'],
    ])
    expect(stepsOf(action, 'undo')).toEqual([['delivery_set_auto_sync', 'done']])
    expect(await automatedOf(release.name)).toMatchObject({ prune: true })
    // Argo CD until 3.2, as it is emulated by default, ends it once the window opens.
    expect((await delivery.argocd.get(release.name)).status.operationState?.phase).toBe('Terminating')
  } finally {
    delivery.toolExecutor.write = write
    await window([])
  }
}, 180_000)

test('an approval is void once a window has closed', async () => {
  const release = await delivery.releaseBad()
  const { path, approve } = await proposed({ release, method: 'delivery-rollback', helps: true })
  await window([DENY])
  try {
    await approve()
    const action = await syntra.until(path, body => body.state === 'superseded')
    expect(action.outcome.message).toContain(
      'canSync of delivery_read_sync_windows was true at approval and is now false',
    )
    expect(action.steps).toEqual([])
  } finally {
    await window([])
  }
}, 180_000)

test('the next worker resumes the wait of a worker that stopped while its first step waited for Argo CD', async () => {
  const { name, ...release } = await delivery.releaseByHand()
  const { path, approve, restart } = await proposed({ release, method: 'delivery-rollback', helps: true })
  const { write } = delivery.toolExecutor
  delivery.toolExecutor.write = async (tool, args, call) => {
    // Only before the first request: the next worker's must not close again the window that the test has opened.
    delivery.toolExecutor.write = write
    await window([DENY])
    return write(tool, args, call)
  }
  try {
    await approve()
    await delivery.argocd.until(name, ({ status }) => status.operationState?.phase === 'Running')
    await restart()
    await syntra.until(path, body => body.steps[0]?.attempts > 1)
    await window([])
    const action = await syntra.until(path, body => body.state === 'succeeded')
    expect(stepsOf(action, 'do')[0]).toEqual(['delivery_rollback_app', 'done'])
    expect(await delivery.versionOf(name)).toBe('good')
    const { history } = (await delivery.argocd.get(name)).status
    expect(history).toHaveLength(3)
  } finally {
    delivery.toolExecutor.write = write
    await window([])
  }
}, 180_000)

test('a rollback of an application in another namespace than Argo CD’s changes that one, and no other of its name', async () => {
  const release = await delivery.releaseBad('team-shop')
  const { name } = release
  const app = `team-shop/${name}`
  await delivery.argocd.createApp(name, name, { syncPolicy: { automated: { prune: true } } })
  const { action } = await ended({ release, method: 'delivery-rollback', helps: true }, 'succeeded')
  expect(stepsOf(action, 'do').map(([, state]) => state)).toEqual(['done', 'done', 'done'])
  const { spec, status } = await delivery.argocd.get(app)
  expect(spec.syncPolicy?.automated).toBeUndefined()
  expect(status.history).toHaveLength(3)
  expect(await automatedOf(name)).toMatchObject({ prune: true })
}, 180_000)

test('a rollback that Argo CD takes up only after its time is awaited, and recovery is verified then', async () => {
  const release = { ...(await delivery.releaseByHand()), operationSeconds: 2 }
  const { name } = release
  const { path, incident, approve } = await proposed({ release, method: 'delivery-rollback', helps: true })
  await delivery.argocd.emulation?.pauseController()
  const overdue = async () =>
    (await syntra.get(`/v1/incidents/${incident.id}/timeline?limit=200`)).body.lines.filter(
      ({ kind }: { kind: string }) => kind === 'action-overdue',
    )
  try {
    await approve()
    await expect.poll(overdue, { timeout: 90_000, interval: 500 }).toHaveLength(1)
    expect((await syntra.get(path)).body.state).toBe('executing')
    expect((await overdue())[0].message).toContain(`Syntra awaits it until it has ended`)
  } finally {
    delivery.argocd.emulation?.resumeController()
  }
  const action = await syntra.until(path, body => body.state === 'succeeded')
  expect(stepsOf(action, 'do')[0]).toEqual(['delivery_rollback_app', 'done'])
  expect(await delivery.versionOf(name)).toBe('good')
  expect((await delivery.argocd.get(name)).status.history).toHaveLength(3)
}, 180_000)

test('with required reviews the pull request is opened, and recovery is verified after its merge', async () => {
  const release = { ...(await delivery.releaseBad()), requiredReviews: 1 }
  const { action, path, incident } = await ended({ release, method: 'git-revert', helps: true }, 'handed-off')
  expect(action.outcome.message).toContain('needs 1 review')
  expect(action.verification).toBeNull()
  const all: { title: string; number: number }[] = await delivery.github('GET', '/pulls?state=open')
  const pulls = all.filter(({ title }) => title.includes(`${release.name} `))
  expect(pulls).toHaveLength(1)
  expect(await delivery.versionOf(release.name)).toBe('bad')
  expect(action.pendingRevert.message).toContain(
    `#${pulls[0]?.number} of github.test/goalixa/deploy waits for a merge`,
  )

  await delivery.github('PUT', `/pulls/${pulls[0]?.number}/merge`, {})
  const after = await syntra.until(path, body => body.pendingRevert.state === 'done')
  expect(after).toMatchObject({ state: 'handed-off', verification: { result: 'recovered' } })
  expect(await delivery.versionOf(release.name)).toBe('good')
  const { body } = await syntra.get(`/v1/incidents/${incident.id}/timeline?limit=200`)
  const kinds: string[] = body.lines.map(({ kind }: { kind: string }) => kind)
  expect(kinds.filter(kind => kind.startsWith('revert-'))).toEqual(['revert-merged', 'revert-verified'])
}, 180_000)

const DENY = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }

async function window(syncWindows: object[]) {
  const project = { metadata: { name: 'default' }, spec: { syncWindows } }
  const { status } = await delivery.argocd.call('PUT', '/projects/default', { project })
  expect(status).toBe(200)
}
