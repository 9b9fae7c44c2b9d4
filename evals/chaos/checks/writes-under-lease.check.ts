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
    const violations = services.flatMap(alike => {
      const [first] = alike
      if (first === undefined) return []
      const steps = alike.flatMap(each => each.steps)
      return writes
        .filter(write => alike.some(each => isFor(write, each)) && !isInStep(write, steps))
        .map(({ worker, method, path, receivedAt }) => ({
          id: first.action.id,
          message: `${worker} sent ${method} ${path} at ${receivedAt}, when no step on ${first.service.name} was in progress`,
          lookAt: `SELECT * FROM action_steps WHERE action_id = '${first.action.id}'`,
        }))
    })
    const judged = writes.filter(write => cases.some(each => isFor(write, each)))
    return { checked: judged.length, violations }
  },
}

/** By the path, which names the service; to the forge by the branch, the trailer or the pull request of the action. */
function isFor({ target, path, body }: RecordedRequest, { service, forgeKeys }: Case): boolean {
  if (target !== 'github') return path.split(/[/?]/).includes(service.name)
  return forgeKeys.some(key => `${path}/ ${body}`.includes(key))
}

function isInStep({ receivedAt }: RecordedRequest, steps: StepRow[]): boolean {
  const at = Date.parse(receivedAt)
  return steps.some(
    ({ startedAt, finishedAt }) =>
      at >= startedAt.getTime() - TOLERANCE_MS &&
      (finishedAt === null || at <= finishedAt.getTime() + TOLERANCE_MS),
  )
}
