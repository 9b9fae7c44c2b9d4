import { revertsOf } from './applications.ts'
import { createApplicationRemedy } from './create-application-remedy.ts'

/** A revert in Git that is merged, and the revert of that where it did not help: counted by pull requests and merges. */
export const revert = createApplicationRemedy({
  name: 'revert',
  method: 'git-revert',
  message: service => `Revert the release of ${service}.`,
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
})
