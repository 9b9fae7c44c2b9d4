import { describe, expect, it } from 'vitest'
import { choose } from '../devops/testing/choose.ts'
import { slowRelease } from '../devops/testing/slow-release.ts'
import { questionId } from '../snapshot/question-id.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE } from '../testing/kube.ts'
import { NOW, type World } from '../testing/sample-cluster.ts'

const managing = (namespace: string, name = 'orders') => ({
  namespace,
  resources: [{ kind: 'Deployment', namespace, name, status: 'Synced', health: null }],
})

/** A release that has to be rolled back in the deploy system, with another application listed before all others. */
function release(other?: Record<string, unknown>): World {
  const world = slowRelease()
  world.rules.requiredReviews = 1
  if (other === undefined) return world
  world.history = { other: [{ id: 8, revision: 'e'.repeat(40), at: NOW - 90 }], ...world.history }
  world.apps.other = { path: 'apps/other', ...other }
  return world
}

const appOf = (world: World, cluster?: string) =>
  investigate(world, { cluster }).diagnosis.view.appOfWorkload('orders')?.name

describe('the application of a workload', () => {
  it('may live in a namespace of its own, by which two of one name differ', () => {
    const world = release()
    const { orders = [], ...others } = world.history
    world.history = { ...others, 'team-shop/orders': orders, 'team-toys/orders': orders }
    world.apps['team-shop/orders'] = { path: 'apps/orders', ...managing(NAMESPACE) }
    world.apps['team-toys/orders'] = { path: 'toys/orders', ...managing('toys-production') }
    const { proposal } = choose(world)
    expect(proposal?.target.app).toBe('team-shop/orders')
    expect(proposal?.steps.slice(0, 2).map(({ args }) => args.name)).toEqual([
      'team-shop/orders',
      'team-shop/orders',
    ])
    const args = proposal?.preconditions.flatMap(({ tool, args }) =>
      tool.startsWith('delivery_') ? args.name : [],
    )
    expect(new Set(args)).toEqual(new Set(['team-shop/orders']))
  })

  it('deploys into its namespace', () => {
    expect(appOf(release(managing('shop-staging')))).toBe('orders')
    expect(appOf(release(managing(NAMESPACE)))).toBe('other')
  })

  it('deploys to its cluster: the one in which Argo CD runs, or the one that the installation names', () => {
    const world = release({ cluster: 'eu-2', ...managing(NAMESPACE) })
    expect(appOf(world)).toBe('orders')
    expect(appOf(world, 'eu-2')).toBe('other')
  })

  it('is unknown where Argo CD deploys to several clusters of which none is known to be this one', () => {
    const world = release({ cluster: 'eu-2', ...managing(NAMESPACE) })
    for (const name of Object.keys(world.history)) world.apps[name] ??= { cluster: 'eu-1' }
    expect(appOf(world)).toBeUndefined()
    for (const name of Object.keys(world.history)) world.apps[name] = { ...world.apps[name], cluster: 'eu-1' }
    expect(appOf(world)).toBe('other')
  })

  it.each(['https://10.0.0.1:6443', 'eu-2'])(
    'is never that of a hub with Argo CD where the installation names a cluster unknown to Argo CD (destination %s)',
    cluster => {
      const world = release({ cluster, ...managing(NAMESPACE) })
      const { diagnosis, verdict, choice } = investigate(world, { cluster: 'prod-eu' })
      expect(diagnosis.view.appOfWorkload('orders')).toBeUndefined()
      expect(choice.proposal).toBeNull()
      expect(choice.message).toContain(`Argo CD deploys to ${cluster} and in-cluster`)
      expect(verdict.unread).toContainEqual(
        expect.objectContaining({
          question: questionId.deliveryApps(),
          part: 'cluster',
          reason: expect.stringContaining('knows none of them as prod-eu'),
        }),
      )
    },
  )

  it('is that of the only cluster to which Argo CD deploys, whatever it is called there', () => {
    const { diagnosis, verdict } = investigate(release(), { cluster: 'prod-eu' })
    expect(diagnosis.view.appOfWorkload('orders')?.name).toBe('orders')
    expect(verdict.unread.map(({ code }) => code)).not.toContain('UNKNOWN_CLUSTER')
  })

  it('is named with an unread history, which is not called empty', () => {
    const world = release()
    world.unreadable = ['delivery-history']
    const { choice } = investigate(world)
    expect(choice.message).toContain('the history of orders could not be read')
  })
})

describe('a failed sync', () => {
  const operation = {
    phase: 'Failed',
    message: 'no kind Widget',
    revision: null,
    startedAt: iso(NOW - 60),
    retries: 0,
  }
  const codes = (other: object) =>
    investigate(release({ operation, ...other })).verdict.findings.map(({ code }) => code)

  it('is part of an incident in its namespace, and of no other', () => {
    expect(codes(managing(NAMESPACE, 'other'))).toContain('SYNC_FAILED')
    expect(codes(managing('toys-production', 'other'))).not.toContain('SYNC_FAILED')
    expect(codes({ cluster: 'eu-2', ...managing(NAMESPACE, 'other') })).not.toContain('SYNC_FAILED')
  })
})
