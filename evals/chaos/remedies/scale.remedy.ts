import { createStep } from '@goalixa/agents/devops/step'
import {
  createDeployment,
  deploymentQuestion,
  deploymentUnchanged,
  generationIn,
  readDeployment,
} from './deployments.ts'
import type { Remedy } from './remedy.ts'

const WANTED = 3

/** Scaling a Deployment up, and back down where that did not help: counted by its generations. */
export const scale: Remedy = {
  name: 'scale',
  async prepare(targets, service) {
    await createDeployment(targets, service, 1)
    return { generation: await generationIn(targets, service) }
  },
  questions: service => [deploymentQuestion(service)],
  propose(service, snapshot) {
    const deployment = readDeployment(service, snapshot)
    if (deployment === undefined) return undefined
    const { generation } = deployment.metadata
    const scaleTo = (replicas: number, approved: number) =>
      createStep('kubernetes_scale_workload', {
        args: { namespace: service, kind: 'Deployment', name: service, replicas, generation: approved },
        message: `Scale ${service} to ${replicas}.`,
      })
    return {
      shape: { kind: 'scale', method: 'scale' },
      app: null,
      message: `Scale ${service} to ${WANTED} replicas.`,
      risk: 'R2',
      preconditions: [deploymentUnchanged(service, generation)],
      steps: [scaleTo(WANTED, generation)],
      // Scaling itself raises the generation by one.
      undo: { steps: [{ ...scaleTo(deployment.spec.replicas, generation + 1), undoes: 1 }] },
    }
  },
  async count(targets, { name, prepared }) {
    return [
      {
        what: 'scalings',
        count: (await generationIn(targets, name)) - Number(prepared.generation),
        steps: [
          { phase: 'do', tool: 'kubernetes_scale_workload' },
          { phase: 'undo', tool: 'kubernetes_scale_workload' },
        ],
      },
    ]
  },
}
