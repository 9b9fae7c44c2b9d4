import { describe, expect, it } from 'vitest'
import { investigate } from '../../testing/investigate.ts'
import { deployment, templateOf } from '../../testing/kube.ts'
import { addAlert, healthyWorld, NOW } from '../../testing/sample-cluster.ts'

function serviceOf(labels: Record<string, string>): string | null | undefined {
  const world = healthyWorld()
  world.objects.push(deployment('users-admin', templateOf('users-admin'), { at: NOW - 900, revision: 1 }))
  addAlert(world, 'SomethingOdd', labels, NOW - 10)
  const { findings } = investigate(world, { namespace: 'shop-production' }).verdict
  return findings.find(finding => finding.code === 'ALERT_FIRING')?.service
}

describe('the service of an alert', () => {
  it.each([
    [{ service: 'orders' }, 'orders'],
    [{ endpoint: 'orders' }, 'orders'],
    [{ deployment: 'orders', service: 'kube-state-metrics' }, 'orders'],
    [{ pod: 'orders-h3-1', service: 'kube-state-metrics', endpoint: 'http' }, 'orders'],
    [{ pod: 'users-admin-gone-1' }, 'users-admin'],
  ])('of %o is %s', (labels, service) => {
    expect(serviceOf(labels as Record<string, string>)).toBe(service)
  })
})
