import { AT, newRevision, slower, withDecoys } from '@goalixa/agents/testing/cases'
import {
  alert,
  curve,
  healthyWorld,
  NOW,
  release,
  step,
  type World,
} from '@goalixa/agents/testing/sample-cluster'

/** Creates a cluster in which a release slows `orders` and its caller `front`, with decoys. */
export function slowRelease(alertname = 'LatencyHigh'): World {
  const world = withDecoys(healthyWorld())
  release(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  slower(world, 'orders', 0.4)
  slower(world, 'front', 0.2)
  curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
  newRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
  alert(world, alertname, { service: 'front' }, NOW - 8)
  return world
}
