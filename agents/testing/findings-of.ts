import { runAnalysers } from '../incident/analysers/run-analysers.ts'
import { investigate } from './investigate.ts'
import { healthyWorld, type World } from './sample-cluster.ts'
import { createView } from '../snapshot/index-snapshot.ts'

/** What the analysers find in a healthy world with one change, by code, name and words. */
export function findingsOf(change: (world: World) => void) {
  const world = healthyWorld()
  change(world)
  const { snapshot } = investigate(world, { service: 'users' })
  return runAnalysers(createView(snapshot)).map(({ code, subject, says }) => ({
    code,
    name: subject.name,
    says,
  }))
}
