import { describe, expect, it } from 'vitest'
import { investigate } from '../incident/testing/investigate.ts'
import { NAMESPACE } from '../incident/testing/kube.ts'
import {
  alert,
  commit,
  curve,
  healthyWorld,
  NOW,
  release,
  step,
  type World,
} from '../incident/testing/world.ts'
import { reviewProposal } from '../reviewer/review-proposal.ts'
import { Proposal } from './proposal.ts'

const AT = NOW - 40

/** A release of `orders` that is slow, felt at `front`. */
function slowRelease(patch?: string): World {
  const world = healthyWorld()
  release(
    world,
    'orders',
    AT,
    { image: 'registry.example/shop/orders:1.1.0' },
    patch === undefined ? {} : { patch },
  )
  curve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, AT))
  curve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.2, AT))
  curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.39, AT))
  alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  return world
}

function choose(world: World) {
  const found = investigate(world)
  const { proposal } = found.choice
  if (proposal !== null) {
    expect(Proposal.parse(proposal)).toEqual(proposal)
    expect(reviewProposal({ proposal, verdict: found.verdict, snapshot: found.snapshot }).objections).toEqual(
      [],
    )
  }
  return found.choice
}

/** What of the undo decides when it is taken. */
const undoOf = (world: World) => {
  const undo = choose(world).proposal?.undo
  return undo && 'steps' in undo ? undo.steps.map(({ args: _, says: __, ...rest }) => rest) : undo
}
const toolsOf = (world: World) => choose(world).proposal?.steps.map(one => one.tool)

describe('the method of a rollback', () => {
  it('is a revert in Git where a merge is fast', () => {
    const { proposal } = choose(slowRelease())
    expect(proposal?.steps.map(one => one.tool)).toEqual([
      'github_open_revert',
      'github_merge_revert',
      'argocd_refresh_app',
    ])
    expect(proposal).toMatchObject({
      risk: 'R3',
      target: { kind: 'Deployment', name: 'orders', app: 'orders', repo: 'shop/deploy' },
      steps: [{ args: { repo: 'shop/deploy', branch: 'main', sha: expect.stringMatching(/^c+1$/) } }, {}, {}],
    })
    expect(proposal?.observed.map(one => one.path)).toEqual([
      'object.metadata.generation',
      'history.0.id',
      'commits.0.sha',
      'isOperating',
      'canSync',
    ])
    expect(proposal?.verification).toMatchObject({ forSeconds: 6, withinSeconds: 90 })
  })

  it('takes a merged revert back by a revert of that very merge, an open one by closing it', () => {
    expect(undoOf(slowRelease())).toEqual([
      { tool: 'github_open_revert', undoes: 2, from: { sha: { step: 2, path: 'sha' } } },
      { tool: 'github_merge_revert', undoes: 2, from: { sha: { step: 2, path: 'sha' } } },
      { tool: 'argocd_refresh_app', undoes: 2 },
      {
        tool: 'github_close_revert',
        undoes: 1,
        unless: 2,
        from: {
          number: { step: 1, path: 'number' },
          branch: { step: 1, path: 'branch' },
          sha: { step: 1, path: 'sha' },
        },
      },
    ])
  })

  it('takes a rollback in Argo CD back step by step, the last first, and puts auto-sync as it was found', () => {
    const world = slowRelease()
    world.rules.requiredChecks = ['ci']
    const restore = { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } }
    expect(undoOf(world)).toMatchObject([
      { tool: 'github_close_revert', undoes: 3 },
      { tool: 'argocd_rollback_app', undoes: 2 },
      { tool: 'argocd_set_auto_sync', undoes: 1, from: restore },
    ])
    const { proposal } = choose(world)
    expect(proposal?.undo).toMatchObject({ steps: [{}, { args: { id: 4 } }, {}] })
    expect(proposal?.followUp).toMatchObject({
      app: 'orders',
      repo: 'shop/deploy',
      pause: 1,
      revert: 3,
      step: { tool: 'argocd_set_auto_sync', from: restore },
    })
  })

  it('ends with the open pull request where the branch demands reviews and Argo CD can not go back', () => {
    const world = slowRelease()
    world.rules.requiredReviews = 2
    world.apps.orders = { parent: 'ApplicationSet/all' }
    const { proposal } = choose(world)
    expect(proposal?.steps.map(one => one.tool)).toEqual(['github_open_revert'])
    expect(proposal?.handsOver).toContain('waits for 2 reviews')
    expect(undoOf(world)).toMatchObject([{ tool: 'github_close_revert', undoes: 1 }])
    expect(proposal?.says).toContain('people have to review and merge it')
  })

  it('waits for the checks of the branch where Argo CD can not go back', () => {
    const world = slowRelease()
    world.rules.requiredChecks = ['ci']
    world.canSync = false
    const { proposal } = choose(world)
    expect(proposal?.handsOver).toBeUndefined()
    expect(proposal?.steps[1]).toMatchObject({
      tool: 'github_merge_revert',
      args: { withinSeconds: 120 },
      says: 'Merge it as soon as its checks are good.',
    })
  })

  it('is Argo CD’s own rollback with the revert behind it where the branch demands reviews', () => {
    const world = slowRelease()
    world.rules.requiredReviews = 2
    const { proposal } = choose(world)
    expect(proposal?.steps.map(one => one.tool)).toEqual([
      'argocd_set_auto_sync',
      'argocd_rollback_app',
      'github_open_revert',
    ])
    expect(proposal?.steps[1]?.args).toMatchObject({ id: 3 })
    expect(proposal?.rejected).toContainEqual({ method: 'git-revert', why: 'the branch demands 2 reviews' })
    expect(proposal?.warnings.join()).toContain('Auto-sync of orders stays off')
  })

  it('is Git only where a parent would reset the application, or a sync window forbids it', () => {
    const parented = slowRelease()
    parented.rules.requiredReviews = 1
    parented.apps.orders = { parent: 'ApplicationSet/all' }
    const closed = slowRelease()
    closed.rules.requiredReviews = 1
    closed.canSync = false
    expect(toolsOf(parented)?.[0]).toBe('github_open_revert')
    expect(toolsOf(closed)?.[0]).toBe('github_open_revert')
    expect(choose(closed).proposal?.warnings.join()).toContain('sync window')
  })

  it('goes back in Argo CD where syncs are manual, and warns that hooks do not run', () => {
    const world = slowRelease()
    world.apps.orders = { automated: null, hasHooks: true }
    const { proposal } = choose(world)
    expect(proposal?.method).toBe('argocd-rollback')
    expect(proposal?.steps.map(one => one.tool)).toEqual(['argocd_rollback_app', 'github_open_revert'])
    expect(proposal?.warnings.join()).toContain('Hooks do not run')
  })

  it('names no commit where several came at once, and tells that Git still holds the release', () => {
    const world = slowRelease()
    world.apps.orders = { automated: null }
    const files = [
      { path: 'apps/orders/b.yaml', status: 'modified', patch: '@@ -1 +1 @@\n-image: a\n+image: c' },
    ]
    world.commits.push({ sha: 'd'.repeat(40), message: 'Second', app: 'orders', files })
    const [newest] = world.history.orders ?? []
    if (newest) newest.revision = 'd'.repeat(40)
    const { proposal } = choose(world)
    expect(proposal?.steps.map(one => one.tool)).toEqual(['argocd_rollback_app'])
    expect(`${proposal?.says} ${proposal?.warnings.join(' ')}`).not.toContain('undefined')
    expect(proposal?.warnings.join()).toContain('Git still holds the release')
  })

  it('is a revert with a warning where hooks would run again', () => {
    const world = slowRelease()
    world.apps.orders = { hasHooks: true }
    expect(choose(world).proposal).toMatchObject({
      method: 'git-revert',
      warnings: expect.arrayContaining([expect.stringContaining('hooks of the version before')]),
    })
  })

  it('is rollout undo where no GitOps manages the workload', () => {
    const world = slowRelease()
    world.history = {}
    const { proposal } = choose(world)
    expect(proposal).toMatchObject({
      method: 'rollout-undo',
      steps: [{ args: { namespace: NAMESPACE, name: 'orders', toRevision: 3, generation: 4 } }],
      undo: { steps: [{ args: { toRevision: 4, generation: 5 } }] },
    })
  })

  it('is left to a person where the cluster does not allow Syntra to change the workload', () => {
    const world = slowRelease()
    world.history = {}
    world.mayPatch = false
    expect(choose(world)).toMatchObject({
      proposal: null,
      says: expect.stringContaining('the cluster does not allow Syntra to change it'),
    })
  })

  it('picks the commit that touched what broke, of several in one sync', () => {
    const world = slowRelease('-          image: a\n+          image: b')
    world.commits.push({
      sha: 'd'.repeat(40),
      message: 'Explain',
      app: 'orders',
      files: [{ path: 'apps/orders/README.md', status: 'modified', patch: '@@ -1 +1 @@\n-hallo\n+hello' }],
    })
    const [newest] = world.history.orders ?? []
    if (newest) newest.revision = 'd'.repeat(40)
    expect(choose(world).proposal?.steps[0]?.args.sha).toMatch(/^c+1$/)
  })
})

describe('no rollback', () => {
  it.each([
    ['a database migration', 'apps/orders/migrations/004.sql', '+DROP TABLE old'],
    ['a secret', 'apps/orders/secret.yaml', '-  a: 1\n+  a: 2'],
    ['a volume', 'apps/orders/volume.yaml', '+kind: PersistentVolumeClaim'],
    ['a custom resource definition', 'apps/orders/crd.yaml', '+kind: CustomResourceDefinition'],
  ])('where the change contains %s', (part, path, patch) => {
    const world = slowRelease()
    world.commits.at(-1)?.files.push({ path, status: 'added', patch: `@@ -0 +1 @@\n${patch}` })
    expect(choose(world)).toMatchObject({ proposal: null, says: expect.stringContaining(part) })
  })

  it('where it could not be read what the change contains, or only in part', () => {
    const unread = slowRelease()
    unread.apps.orders = { automated: null }
    unread.unreadable = ['github/']
    const cut = slowRelease(`-  image: a\n+  image: b…`)
    const omitted = slowRelease()
    omitted.commits.at(-1)?.files.push({ path: 'apps/orders/all.yaml', status: 'modified' } as never)
    for (const world of [unread, cut, omitted])
      expect(choose(world)).toMatchObject({ proposal: null, says: expect.stringContaining('person has to') })
  })

  it.each(['.', '', './', 'apps/orders/'])('with a migration below the folder %s', path => {
    const world = slowRelease()
    world.apps.orders = { path }
    world.commits
      .at(-1)
      ?.files.push({ path: 'apps/orders/migrations/4.sql', status: 'added', patch: '+DROP TABLE old' })
    expect(choose(world)).toMatchObject({
      proposal: null,
      says: expect.stringContaining('a database migration'),
    })
  })

  it('with a volume in a folder that overlays share; one of another application does not matter', () => {
    const withVolume = (path: string) => {
      const world = slowRelease()
      world.commits.at(-1)?.files.push({ path, status: 'added', patch: '+kind: PersistentVolumeClaim' })
      return choose(world).proposal
    }
    expect(withVolume('base/volume.yaml')).toBeNull()
    expect(withVolume('apps/shop/volume.yaml')?.method).toBe('git-revert')
  })

  it.each([
    ['Flux apps', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
    ['Helm release shop', { annotations: { 'meta.helm.sh/release-name': 'shop' } }],
    ['Argo CD other:apps', { annotations: { 'argocd.argoproj.io/tracking-id': 'other:apps' } }],
    ['Shop main', { ownerReferences: [{ kind: 'Shop', name: 'main' }] }],
  ])('of a Deployment that %s manages', (owner, metadata) => {
    const world = slowRelease()
    world.history = {}
    const orders = world.objects.find(one => one.kind === 'Deployment' && one.metadata.name === 'orders')
    Object.assign(orders?.metadata ?? {}, metadata)
    expect(choose(world)).toMatchObject({ proposal: null, says: expect.stringContaining(owner) })
  })

  it('while another operation is running', () => {
    const world = slowRelease()
    world.apps.orders = { operation: { phase: 'Running', message: '' } }
    expect(choose(world)).toMatchObject({ proposal: null, says: expect.stringContaining('is running') })
  })

  it('where something newer was deployed since', () => {
    const world = slowRelease()
    commit(world, 'orders', NOW - 4, { message: 'Next', path: 'apps/orders/x.yaml', patch: '-a\n+b' })
    expect(choose(world).proposal).toBeNull()
  })

  it('where it could not be read whether Argo CD manages the workload', () => {
    const world = slowRelease()
    world.unreadable = ['argocd/']
    expect(choose(world)).toMatchObject({ proposal: null, missing: [] })
  })
})

describe('a change by hand', () => {
  it('is synced back to what Git says, with the way forward again', () => {
    const world = slowRelease()
    world.history.orders = world.history.orders?.slice(1) ?? []
    world.diffs.orders = [
      {
        kind: 'Deployment',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'spec.template.spec.containers[orders].image', live: 'b', desired: 'a' }],
      },
    ]
    const { proposal } = choose(world)
    expect(proposal).toMatchObject({
      kind: 'sync',
      method: 'argocd-sync',
      steps: [{ args: { name: 'orders' } }],
    })
    expect(proposal?.undo).toMatchObject({
      steps: [{ tool: 'kubernetes_undo_rollout', args: { toRevision: 4 } }],
    })
  })

  it('is synced at the very commit that was compared, where auto-sync does not forbid it', () => {
    const world = slowRelease()
    world.history.orders = world.history.orders?.slice(1) ?? []
    world.apps.orders = { automated: null }
    world.diffs.orders = [
      {
        kind: 'Deployment',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'spec.template.spec.containers[orders].image', live: 'b', desired: 'a' }],
      },
    ]
    const { proposal } = choose(world)
    expect(proposal?.steps[0]?.args).toEqual({ name: 'orders', revision: world.commits.at(-1)?.sha })
    expect(proposal?.observed.map(one => one.path)).toContain('commits.0.sha')
  })

  it('is scaled back alone where a sync would change more', () => {
    const world = healthyWorld()
    const orders = world.objects.find(one => one.kind === 'Deployment' && one.metadata.name === 'orders')
    Object.assign(orders ?? {}, { spec: { ...(orders?.spec as object), replicas: 1 } })
    world.diffs.orders = [
      {
        kind: 'Deployment',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'spec.replicas', live: 1, desired: 2 }],
      },
      {
        kind: 'ConfigMap',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'data.a', live: '1', desired: '2' }],
      },
    ]
    curve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 1))
    curve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.3, AT))
    alert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
    const { proposal } = choose(world)
    expect(proposal).toMatchObject({
      method: 'scale',
      steps: [{ tool: 'kubernetes_scale_workload', args: { replicas: 2 } }],
      rejected: expect.arrayContaining([{ method: 'argocd-sync', why: 'it would change 1 more field' }]),
    })
  })
})
