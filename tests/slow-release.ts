import { AT, addDecoys, makeSlower, setSignalPerRevision } from '@goalixa/agents/testing/cases'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '@goalixa/agents/testing/sample-cluster'

/** Creates a cluster in which a release slows `orders` and its caller `front`, with decoys. */
export function slowRelease(alertname = 'LatencyHigh'): World {
  const world = addDecoys(healthyWorld())
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  makeSlower(world, 'orders', 0.4)
  makeSlower(world, 'front', 0.2)
  setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
  setSignalPerRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
  addAlert(world, alertname, { service: 'front' }, NOW - 8)
  return world
}
