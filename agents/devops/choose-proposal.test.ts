import { describe, expect, it } from 'vitest'
import { investigate } from '../testing/investigate.ts'
import { NAMESPACE } from '../testing/kube.ts'
import { addAlert, addCommit, healthyWorld, NOW, setCurve, step } from '../testing/sample-cluster.ts'
import { choose } from './testing/choose.ts'
import { RELEASED_AT, slowRelease } from './testing/slow-release.ts'

describe('the target of a proposal', () => {
  it('names the cluster that this Syntra serves', () => {
    const scope = { cluster: 'eu-1', alertsCluster: 'eu-1' }
    const { proposal } = investigate(slowRelease(), scope).choice
    expect(proposal?.target).toMatchObject({ name: 'orders', cluster: 'eu-1' })
    expect(proposal?.warnings.join()).not.toContain('cluster')
  })

  it('names the cluster of the alerts with a warning where no setting says which one is served', () => {
    const { proposal } = investigate(slowRelease(), { alertsCluster: 'us-1' }).choice
    expect(proposal?.target.cluster).toBe('us-1')
    expect(proposal?.warnings).toContainEqual(expect.stringMatching(/cluster us-1.*SYNTRA_CLUSTER/))
  })

  it('names no cluster where none is known', () => {
    expect(investigate(slowRelease()).choice.proposal?.target).not.toHaveProperty('cluster')
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
    expect(choose(world)).toMatchObject({ proposal: null, message: expect.stringContaining(part) })
  })

  it('where the contents of the change were not read, or only in part', () => {
    const unread = slowRelease()
    unread.apps.orders = { automated: null }
    unread.unreadable = ['branch-rules', 'commits', 'compare', 'commit']
    const cut = slowRelease(`-  image: a\n+  image: b…`)
    const omitted = slowRelease()
    omitted.commits.at(-1)?.files.push({ path: 'apps/orders/all.yaml', status: 'modified' } as never)
    for (const world of [unread, cut, omitted])
      expect(choose(world)).toMatchObject({
        proposal: null,
        message: expect.stringContaining('Decide manually'),
      })
  })

  it.each(['.', '', './', 'apps/orders/'])('with a migration below the folder %s', path => {
    const world = slowRelease()
    world.apps.orders = { path }
    world.commits
      .at(-1)
      ?.files.push({ path: 'apps/orders/migrations/4.sql', status: 'added', patch: '+DROP TABLE old' })
    expect(choose(world)).toMatchObject({
      proposal: null,
      message: expect.stringContaining('a database migration'),
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
    const orders = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'orders',
    )
    Object.assign(orders?.metadata ?? {}, metadata)
    expect(choose(world)).toMatchObject({ proposal: null, message: expect.stringContaining(owner) })
  })

  it('while another operation is running', () => {
    const world = slowRelease()
    world.apps.orders = { operation: { phase: 'Running', message: '' } }
    const message = expect.stringContaining('end it with `argocd app terminate-op orders` if it hangs')
    expect(choose(world)).toMatchObject({ proposal: null, message })
  })

  it('where a newer revision was deployed since', () => {
    const world = slowRelease()
    addCommit(world, 'orders', NOW - 4, { message: 'Next', path: 'apps/orders/x.yaml', patch: '-a\n+b' })
    expect(choose(world).proposal).toBeNull()
  })

  it('where it is not known whether a deploy system manages the workload', () => {
    const world = slowRelease()
    world.unreadable = ['delivery-apps', 'delivery-history', 'delivery-diff', 'sync-windows']
    expect(choose(world)).toMatchObject({ proposal: null, missing: [] })
  })
})

describe('a manual change', () => {
  it('is synced back to the state in Git, with an undo that applies it again', () => {
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
      method: 'delivery-sync',
      steps: [{ args: { name: 'orders' } }],
    })
    expect(proposal?.undo).toMatchObject({
      steps: [{ tool: 'kubernetes_undo_rollout', args: { toRevision: 4 } }],
    })
  })

  it('is synced to the commit that was compared, where auto-sync does not forbid it', () => {
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
    expect(proposal?.preconditions.map(precondition => precondition.path)).toContain('commits.0.sha')
  })

  it('is scaled back without a sync where that would change more', () => {
    const world = healthyWorld()
    const orders = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'orders',
    )
    Object.assign(orders ?? {}, { spec: { ...(orders?.spec as object), replicas: 1 } })
    Object.assign(orders?.metadata ?? {}, { generation: 5 })
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
    setCurve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < RELEASED_AT ? 2 : 1))
    setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.3, RELEASED_AT))
    addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
    const { proposal } = choose(world)
    expect(proposal).toMatchObject({
      method: 'scale',
      steps: [{ tool: 'kubernetes_scale_workload', args: { replicas: 2, generation: 5 } }],
      undo: { steps: [{ args: { replicas: 1, generation: 6 } }] },
      rejected: expect.arrayContaining([
        { method: 'delivery-sync', why: 'a sync would also change 1 other field' },
      ]),
    })
  })
})
