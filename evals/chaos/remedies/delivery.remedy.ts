import { applicationIn, revertsOf } from './applications.ts'
import { createApplicationRemedy } from './create-application-remedy.ts'

/** A rollback by Argo CD with auto-sync paused and a pull request behind it: counted by deployments and pull requests. */
export const delivery = createApplicationRemedy({
  name: 'delivery',
  method: 'delivery-rollback',
  message: service => `Roll ${service} back in Argo CD.`,
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
})
