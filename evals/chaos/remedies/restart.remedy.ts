import { createStep } from '@goalixa/agents/devops/step'
import {
  createDeployment,
  deploymentQuestion,
  deploymentUnchanged,
  generationIn,
  readDeployment,
} from './deployments.ts'
import type { Remedy } from './remedy.ts'

/** A restart of a Deployment: counted by the generations that the Deployment has had. It has no undo. */
export const restart: Remedy = {
  name: 'restart',
  async prepare(targets, service) {
    await createDeployment(targets, service, 2)
    return { generation: await generationIn(targets, service) }
  },
  questions: service => [deploymentQuestion(service)],
  propose(service, snapshot) {
    const deployment = readDeployment(service, snapshot)
    if (deployment === undefined) return undefined
    return {
      shape: { kind: 'restart', method: 'restart' },
      app: null,
      message: `Restart the pods of ${service} one by one.`,
      risk: 'R2',
      preconditions: [deploymentUnchanged(service, deployment.metadata.generation)],
      steps: [
        createStep('kubernetes_restart_workload', {
          args: { namespace: service, kind: 'Deployment', name: service },
          message: `Restart ${service}.`,
        }),
      ],
      undo: { irreversible: 'A restart changes nothing that could be undone.' },
    }
  },
  async count(targets, { name, prepared }) {
    return [
      {
        what: 'restarts',
        count: (await generationIn(targets, name)) - Number(prepared.generation),
        steps: [{ phase: 'do', tool: 'kubernetes_restart_workload' }],
      },
    ]
  },
}
