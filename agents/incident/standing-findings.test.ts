import { describe, expect, it } from 'vitest'
import { AT, CRASHING } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso } from '../testing/kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, type World } from '../testing/sample-cluster.ts'

/** A release of `orders` of which every pod crashes. */
function crashing(): World {
  const world = healthyWorld()
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' }, { pod: CRASHING })
  const orders = world.objects.find(
    object => object.kind === 'Deployment' && object.metadata.name === 'orders',
  )
  Object.assign(orders?.status as object, { readyReplicas: 0, availableReplicas: 0 })
  addAlert(world, 'KubePodCrashLooping', { deployment: 'orders' }, NOW - 10)
  return world
}

function failedSync(startedAt: number, revision: string | null = null) {
  return { operation: { phase: 'Failed', message: 'no kind Widget', revision, startedAt: iso(startedAt) } }
}

describe('a standing finding', () => {
  it('does not explain why a release crashes: a sync that failed days ago', () => {
    const world = crashing()
    world.apps.orders = failedSync(NOW - 500_000)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes.map(cause => cause.code)).toEqual(['RELEASE_CRASHES_AT_START'])
    expect(choice.proposal?.method).toBe('git-revert')
  })

  it('does not explain why a release crashes: fewer replicas than in Git, with an unknown onset', () => {
    const world = crashing()
    world.diffs.orders = [
      { kind: 'Deployment', name: 'orders', changes: [{ path: 'spec.replicas', live: 2, desired: 3 }] },
    ]
    const { verdict } = investigate(world)
    expect(verdict.findings.map(finding => finding.code)).toContain('SCALED_BELOW_GIT')
    expect(verdict.causes.map(cause => cause.code)).toEqual(['RELEASE_CRASHES_AT_START'])
  })

  it('does not make a process crash, even if it is new: a sync that has just failed', () => {
    const world = crashing()
    world.apps.orders = failedSync(AT)
    expect(investigate(world).verdict.causes.map(cause => cause.code)).toContain('RELEASE_CRASHES_AT_START')
  })

  it('is a failed automatic sync, also while Argo CD retries it', () => {
    for (const [retries, isReported] of [
      [1, true],
      [0, false],
    ] as const) {
      const world = crashing()
      const { operation } = failedSync(AT)
      world.apps.orders = {
        operation: { ...operation, phase: 'Running', retries },
        isOperating: retries === 0,
      }
      const codes = investigate(world).verdict.findings.map(finding => finding.code)
      expect(codes.includes('SYNC_FAILED')).toBe(isReported)
    }
  })

  it('is not reported where the failed sync was of a revision that is no longer desired', () => {
    const world = crashing()
    world.apps.orders = failedSync(AT, 'f'.repeat(40))
    expect(investigate(world).verdict.findings.map(finding => finding.code)).not.toContain('SYNC_FAILED')
  })
})
