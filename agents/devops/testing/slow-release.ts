import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../../testing/sample-cluster.ts'

/** When the slow release of the sample cluster was deployed, in Unix seconds. */
export const RELEASED_AT = NOW - 40

/** A release of `orders` that is slow, which the users of `front` notice. */
export function slowRelease(patch?: string): World {
  const world = healthyWorld()
  addRelease(
    world,
    'orders',
    RELEASED_AT,
    { image: 'registry.example/shop/orders:1.1.0' },
    patch === undefined ? {} : { patch },
  )
  setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, RELEASED_AT))
  setCurve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.2, RELEASED_AT))
  setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.39, RELEASED_AT))
  addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  return world
}
