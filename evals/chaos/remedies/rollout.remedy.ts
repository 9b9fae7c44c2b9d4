import { createStep } from '@goalixa/agents/devops/step'
import {
  createDeployment,
  deploymentQuestion,
  deploymentUnchanged,
  generationIn,
  readDeployment,
  releaseDeployment,
} from './deployments.ts'
import type { Remedy } from './remedy.ts'

/** A rollout undo of a Deployment's second revision, and forward again where that did not help: counted by its generations. */
export const rollout: Remedy = {
  name: 'rollout',
  async prepare(targets, service) {
    await createDeployment(targets, service, 1)
    await releaseDeployment(targets, service)
    return { generation: await generationIn(targets, service) }
  },
  questions: service => [deploymentQuestion(service)],
  propose(service, snapshot) {
    const deployment = readDeployment(service, snapshot)
    if (deployment === undefined) return undefined
    const { generation } = deployment.metadata
    const restore = (revision: number, approved: number) =>
      createStep('kubernetes_undo_rollout', {
        args: { namespace: service, name: service, toRevision: revision, generation: approved },
        message: `Restore the pod template of revision ${revision} of ${service}.`,
      })
    return {
      shape: { kind: 'rollback', method: 'rollout-undo' },
      app: null,
      message: `Roll ${service} back to revision 1.`,
      risk: 'R3',
      preconditions: [deploymentUnchanged(service, generation)],
      steps: [restore(1, generation)],
      // The rollback itself raises the generation by one.
      undo: { steps: [{ ...restore(2, generation + 1), undoes: 1 }] },
    }
  },
  async count(targets, { name, prepared }) {
    return [
      {
        what: 'rollout undos',
        count: (await generationIn(targets, name)) - Number(prepared.generation),
        steps: [
          { phase: 'do', tool: 'kubernetes_undo_rollout' },
          { phase: 'undo', tool: 'kubernetes_undo_rollout' },
        ],
      },
    ]
  },
}
