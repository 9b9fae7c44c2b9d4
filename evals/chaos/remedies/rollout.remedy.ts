import { createStep } from '@goalixa/agents/devops/step'
import { createDeploymentRemedy } from './create-deployment-remedy.ts'

/** A rollout undo of a Deployment's second revision, and forward again where that did not help. */
export const rollout = createDeploymentRemedy({
  name: 'rollout',
  risk: 'R3',
  isReversible: true,
  shape: { kind: 'rollback', method: 'rollout-undo' },
  before: { replicas: 1, revisions: 2 },
  tool: 'kubernetes_undo_rollout',
  what: 'rollout undos',
  plan(service, { metadata: { generation } }) {
    const restore = (revision: number, approved: number) =>
      createStep('kubernetes_undo_rollout', {
        args: { namespace: service, name: service, toRevision: revision, generation: approved },
        message: `Restore the pod template of revision ${revision} of ${service}.`,
      })
    return {
      message: `Roll ${service} back to revision 1.`,
      steps: [restore(1, generation)],
      // The rollback itself raises the generation by one.
      undo: { steps: [{ ...restore(2, generation + 1), undoes: 1 }] },
    }
  },
})
