import { runAnalysers } from '../incident/analysers/run-analysers.ts'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { investigate } from './investigate.ts'
import { healthyWorld, type World } from './sample-cluster.ts'

/** The findings in a healthy cluster with one change: code, name of the subject and message. */
export function findingsOf(change: (world: World) => void) {
  const world = healthyWorld()
  change(world)
  const { snapshot } = investigate(world, { service: 'users' })
  return runAnalysers(indexSnapshot(snapshot)).map(({ code, subject, message }) => ({
    code,
    name: subject.name,
    message,
  }))
}
