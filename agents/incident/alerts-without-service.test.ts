import { describe, expect, it } from 'vitest'
import { AT, CRASHING } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { addAlert, addRelease, healthyWorld, NOW, type World } from '../testing/sample-cluster.ts'

/** A release of `orders` that crashes everywhere, and an alert about a volume claim. */
function fillingUp(claim: string): World {
  const world = healthyWorld()
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' }, { pod: CRASHING })
  for (const object of world.objects)
    if (object.kind === 'Pod' && object.metadata.name.startsWith('orders-'))
      Object.assign(object.spec as object, {
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-orders' } }],
      })
  const orders = world.objects.find(
    object => object.kind === 'Deployment' && object.metadata.name === 'orders',
  )
  Object.assign(orders?.status as object, { readyReplicas: 0, availableReplicas: 0 })
  addAlert(world, 'KubePersistentVolumeFillingUp', { persistentvolumeclaim: claim }, NOW - 10)
  return world
}

describe('an alert of no known service', () => {
  it('is not attributed to a release that breaks something else in the namespace', () => {
    const { verdict, choice } = investigate(fillingUp('data-shop'))
    expect(verdict).toMatchObject({ outcome: 'inconclusive', causes: [] })
    expect(verdict.findings.map(finding => finding.code)).toContain('CRASH_LOOP')
    expect(choice.proposal).toBeNull()
  })

  it('is explained by the workload whose pods use the volume claim that it names', () => {
    const { verdict } = investigate(fillingUp('data-orders'))
    expect(verdict.causes[0]).toMatchObject({ code: 'RELEASE_CRASHES_AT_START', subject: { name: 'orders' } })
  })

  it('does not get the service of another alert that fires with it', () => {
    const world = fillingUp('data-shop')
    addAlert(world, 'KubePodCrashLooping', { pod: 'orders-h4-1', container: 'orders' }, NOW - 10)
    const { verdict } = investigate(world)
    const filling = verdict.findings.find(finding => finding.subject.name === 'KubePersistentVolumeFillingUp')
    expect(filling).toMatchObject({ service: null })
    expect(verdict.causes[0]?.chain.at(-1)?.subject.name).toBe('KubePodCrashLooping')
  })
})
