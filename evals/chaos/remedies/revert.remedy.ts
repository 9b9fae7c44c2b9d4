import { planSteps } from '@goalixa/agents/devops/rollback/plan-steps'
import {
  applicationQuestions,
  applicationUnchanged,
  createApplication,
  readRelease,
  revertsOf,
} from './applications.ts'
import type { Remedy } from './remedy.ts'

/** A revert in Git that is merged, and the revert of that where it did not help: counted by pull requests and merges. */
export const revert: Remedy = {
  name: 'revert',
  prepare: createApplication,
  questions: applicationQuestions,
  propose(service, snapshot, cause) {
    const release = readRelease(service, snapshot, cause)
    if (release === undefined) return undefined
    const { steps, undo, pendingRevert } = planSteps('git-revert', release)
    return {
      shape: { kind: 'rollback', method: 'git-revert' },
      app: service,
      message: `Revert the release of ${service}.`,
      risk: 'R3',
      preconditions: applicationUnchanged(service, release),
      steps,
      undo,
      pendingRevert,
    }
  },
  async count(targets, { name }) {
    const pulls = await revertsOf(targets, name)
    return [
      {
        what: 'pull requests',
        count: pulls.length,
        steps: [
          { phase: 'do', tool: 'forge_open_revert' },
          { phase: 'undo', tool: 'forge_open_revert' },
        ],
      },
      {
        what: 'merges',
        count: pulls.filter(pull => pull.merged_at !== null).length,
        steps: [
          { phase: 'do', tool: 'forge_merge_revert' },
          { phase: 'undo', tool: 'forge_merge_revert' },
        ],
      },
    ]
  },
}
