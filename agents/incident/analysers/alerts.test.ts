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

describe('an alert that is delivered as firing', () => {
  const LABELS = { pod: 'orders-h3-1', cluster: 'eu' }
  /** Whether it is found among the alerts of Prometheus, one of which differs from it in these labels. */
  const isFound = (labels: Record<string, string | undefined>) => {
    const world = healthyWorld()
    addAlert(world, 'SomethingOdd', LABELS, NOW - 10)
    world.firing = world.firing.map(alert => {
      const merged = Object.entries({ ...alert.labels, ...labels })
      return {
        ...alert,
        labels: Object.fromEntries(merged.flatMap(([key, value]) => (value ? [[key, value]] : []))),
      }
    })
    return investigate(world).verdict.findings.some(({ code }) => code === 'ALERT_FIRING')
  }

  it.each([
    ['its labels', {}, true],
    ['labels that were dropped on its way', { container: 'ksm', endpoint: 'http', service: 'ksm' }, true],
    ['no label for the cluster yet', { cluster: undefined }, true],
    ['the label of another cluster', { cluster: 'us' }, false],
    ['another pod', { pod: 'orders-h3-2' }, false],
    ['no pod', { pod: undefined }, false],
  ])('and is in Prometheus with %s: %s, found: %s', (_what, labels, found) => {
    expect(isFound(labels)).toBe(found)
  })
})
