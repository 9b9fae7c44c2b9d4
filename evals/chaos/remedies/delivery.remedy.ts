import { planSteps } from '@goalixa/agents/devops/rollback/plan-steps'
import {
  applicationIn,
  applicationQuestions,
  applicationUnchanged,
  createApplication,
  readRelease,
  revertsOf,
} from './applications.ts'
import type { Remedy } from './remedy.ts'

/** A rollback by Argo CD with auto-sync paused and a pull request behind it: counted by deployments and pull requests. */
export const delivery: Remedy = {
  name: 'delivery',
  prepare: createApplication,
  questions: applicationQuestions,
  propose(service, snapshot, cause) {
    const release = readRelease(service, snapshot, cause)
    if (release === undefined) return undefined
    const { steps, undo, pendingRevert } = planSteps('delivery-rollback', release)
    return {
      shape: { kind: 'rollback', method: 'delivery-rollback' },
      app: service,
      message: `Roll ${service} back in Argo CD.`,
      risk: 'R3',
      preconditions: applicationUnchanged(service, release),
      steps,
      undo,
      pendingRevert,
    }
  },
  async count(targets, { name }) {
    const history = (await applicationIn(targets, name)).status?.history ?? []
    return [
      {
        what: 'deployments by rollback',
        count: history.filter(({ initiatedBy }) => initiatedBy?.automated !== true).length,
        steps: [
          { phase: 'do', tool: 'delivery_rollback_app' },
          { phase: 'undo', tool: 'delivery_rollback_app' },
        ],
      },
      {
        what: 'pull requests',
        count: (await revertsOf(targets, name)).length,
        steps: [{ phase: 'do', tool: 'forge_open_revert' }],
      },
    ]
  },
}
