import type { RecordedRequest } from '../system/create-target-proxy.ts'
import type { Case, Check, StepRow } from './check.ts'

/** How far the clocks of the proxy and the database may differ: a write is sent before its step is finished. */
const TOLERANCE_MS = 100

export const writesUnderLease: Check = {
  name: 'writes-under-lease',
  promise: 'no worker sends a write for a step that another worker has finished',
  async run({ system: { requests }, cases }) {
    const writes = requests.filter(({ isWrite }) => isWrite)
    // An incident that is investigated again may have another action on the same service.
    const services = Object.values(Object.groupBy(cases, ({ service }) => service.name)).map(
      alike => alike ?? [],
    )
    const violations = services.flatMap(([first, ...others]) => {
      if (first === undefined) return []
      const steps = [first, ...others].flatMap(each => each.steps)
      return writes
        .filter(write => isFor(write, first) && !isInStep(write, steps))
        .map(({ worker, method, path, receivedAt }) => ({
          id: first.action.id,
          message: `${worker} sent ${method} ${path} at ${receivedAt}, when no step on ${first.service.name} was in progress`,
          lookAt: `SELECT * FROM action_steps WHERE action_id = '${first.action.id}'`,
        }))
    })
    return { checked: writes.length, violations }
  },
}

/** By the path, which names the service. Requests to the forge name the repository of all services, so they are not judged here. */
function isFor({ target, path }: RecordedRequest, { service }: Case): boolean {
  return target !== 'github' && path.split(/[/?]/).includes(service.name)
}

function isInStep({ receivedAt }: RecordedRequest, steps: StepRow[]): boolean {
  const at = Date.parse(receivedAt)
  return steps.some(
    ({ startedAt, finishedAt }) =>
      at >= startedAt.getTime() - TOLERANCE_MS &&
      (finishedAt === null || at <= finishedAt.getTime() + TOLERANCE_MS),
  )
}
