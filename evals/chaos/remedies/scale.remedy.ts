import { createStep } from '@goalixa/agents/devops/step'
import { createDeploymentRemedy } from './create-deployment-remedy.ts'

const WANTED = 3

/** Scaling a Deployment up, and back down where that did not help. */
export const scale = createDeploymentRemedy({
  name: 'scale',
  risk: 'R2',
  isReversible: true,
  shape: { kind: 'scale', method: 'scale' },
  before: { replicas: 1, revisions: 1 },
  tool: 'kubernetes_scale_workload',
  what: 'scalings',
  plan(service, { metadata: { generation }, spec }) {
    const scaleTo = (replicas: number, approved: number) =>
      createStep('kubernetes_scale_workload', {
        args: { namespace: service, kind: 'Deployment', name: service, replicas, generation: approved },
        message: `Scale ${service} to ${replicas}.`,
      })
    return {
      message: `Scale ${service} to ${WANTED} replicas.`,
      steps: [scaleTo(WANTED, generation)],
      // Scaling itself raises the generation by one.
      undo: { steps: [{ ...scaleTo(spec.replicas, generation + 1), undoes: 1 }] },
    }
  },
})
