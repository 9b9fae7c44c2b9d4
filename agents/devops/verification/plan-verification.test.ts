import { describe, expect, it } from 'vitest'
import { investigate } from '../../testing/investigate.ts'
import { NAMESPACE } from '../../testing/kube.ts'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  steady,
  step,
  type World,
} from '../../testing/sample-cluster.ts'
import type { Verification } from '../proposal.ts'

const AT = NOW - 40

/** A slow release of `orders`, which the users of `front` notice. */
function slowRelease(): World {
  const world = healthyWorld()
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, AT))
  setCurve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.2, AT))
  setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.39, AT))
  addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  return world
}

function verificationIn(world: World): Verification {
  const { proposal } = investigate(world).choice
  if (proposal === null) throw new Error('nothing was proposed')
  return proposal.verification
}
const alertsIn = (list: Verification['recovered']) =>
  list.flatMap(predicate => (predicate.tool === 'prometheus_read_alert_rule' ? [predicate.args] : []))

describe('the alerts that have to stop firing', () => {
  it('are all that follow from the cause, not only the one at the end of its chain', () => {
    const world = slowRelease()
    addAlert(world, 'OrdersSlow', { service: 'orders' }, NOW - 10)
    const { recovered, unrelatedAlerts } = verificationIn(world)
    expect(alertsIn(recovered).map(alert => alert.alertname)).toEqual(['OrdersSlow', 'LatencyHigh'])
    expect(unrelatedAlerts).toEqual([])
  })

  it('do not include unrelated alerts, which are only watched', () => {
    const world = slowRelease()
    addAlert(world, 'PageSlow', { service: 'shop' }, NOW - 10)
    const { recovered, unrelatedAlerts } = verificationIn(world)
    expect(alertsIn(recovered).map(alert => alert.alertname)).toEqual(['LatencyHigh'])
    expect(unrelatedAlerts).toMatchObject([
      {
        kind: 'unrelated-alert-firing',
        alert: { name: 'PageSlow', labels: { service: 'shop' } },
        path: 'holding',
        op: '>',
        value: 0,
      },
    ])
  })

  it('do not include alerts that were sent to Alertmanager directly, because Prometheus cannot show that they stopped', () => {
    const world = slowRelease()
    addAlert(world, 'SentByScript', { service: 'orders' }, NOW - 10)
    world.firing = world.firing.filter(alert => alert.name !== 'SentByScript')
    const { recovered, unrelatedAlerts } = verificationIn(world)
    expect(alertsIn(recovered).map(alert => alert.alertname)).toEqual(['LatencyHigh'])
    expect(alertsIn(unrelatedAlerts).map(alert => alert.alertname)).toEqual(['SentByScript'])
  })

  it('are all alerts where Prometheus did not show which ones fire', () => {
    const world = slowRelease()
    addAlert(world, 'PageSlow', { service: 'shop' }, NOW - 10)
    world.firing = []
    const { recovered, unrelatedAlerts } = verificationIn(world)
    expect(alertsIn(recovered).map(alert => alert.alertname)).toEqual(['PageSlow', 'LatencyHigh'])
    expect(unrelatedAlerts).toEqual([])
  })

  it('are recognised on the successors of deleted pods', () => {
    const world = healthyWorld()
    addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    setCurve(world, 'error-ratio', { service: 'orders' }, step(0, 0.5, AT))
    addAlert(world, 'PodErrors', { pod: 'orders-h4-1', service: 'orders' }, NOW - 8)
    expect(alertsIn(verificationIn(world).recovered)).toMatchObject([
      { labels: { namespace: NAMESPACE, service: 'orders' }, prefixes: { pod: 'orders-' }, settleSeconds: 6 },
    ])
  })
})

describe('the pods of a rollout', () => {
  it('are counted against the replica count at the time of the check, which an autoscaler may have changed', () => {
    const pods = verificationIn(slowRelease()).recovered.filter(({ kind }) => kind === 'rollout-complete')
    expect(pods.map(({ path, op, valueAt }) => `${path} ${op} ${valueAt}`)).toEqual([
      'object.status.observedGeneration >= object.metadata.generation',
      'object.status.updatedReplicas >= object.spec.replicas',
      'object.status.availableReplicas >= object.spec.replicas',
      'object.status.replicas == object.status.updatedReplicas',
    ])
  })
})

describe('the recovery of users', () => {
  it('is judged by enough requests: half of the usual number, at most twenty', () => {
    const needed = (rate: number) => {
      const world = slowRelease()
      setCurve(world, 'request-rate', { service: 'orders' }, steady(rate))
      const judged = verificationIn(world).recovered.find(
        predicate => predicate.kind === 'slo-recovered' && predicate.service === 'orders',
      )
      return Number(/\* 6 >= (\d+)/.exec(String(judged?.args.query))?.[1])
    }
    expect([needed(100), needed(4), needed(0.01)]).toEqual([20, 11, 3])
  })

  it('has to last for two windows in succession, while Prometheus still scrapes its targets', () => {
    const { recovered, forSeconds } = verificationIn(slowRelease())
    expect(forSeconds).toBe(6)
    expect(recovered.map(({ kind }) => kind)).toContain('scrape-targets-up')
  })
})
