import { createStep } from '@goalixa/agents/devops/step'
import { createDeploymentRemedy } from './create-deployment-remedy.ts'

/** A restart of a Deployment. It has no undo. */
export const restart = createDeploymentRemedy({
  name: 'restart',
  risk: 'R2',
  isReversible: false,
  shape: { kind: 'restart', method: 'restart' },
  before: { replicas: 2, revisions: 1 },
  tool: 'kubernetes_restart_workload',
  what: 'restarts',
  plan: service => ({
    message: `Restart the pods of ${service} one by one.`,
    steps: [
      createStep('kubernetes_restart_workload', {
        args: { namespace: service, kind: 'Deployment', name: service },
        message: `Restart ${service}.`,
      }),
    ],
    undo: { irreversible: 'A restart changes nothing that could be undone.' },
  }),
})
