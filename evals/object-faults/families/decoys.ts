import { objectAlert, templateOf, workload } from '../build-objects.ts'
import type { ApiObject, Namespace, ObjectFault } from '../object-fault.ts'

const leftover: ApiObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  ...templateOf({ spec: { restartPolicy: 'Never' } }),
  metadata: { name: 'leftover' },
}
const allRun = ({ pods }: Namespace) => pods.filter(({ status }) => status?.phase === 'Running').length === 2

/** Alerts of workloads that nothing is wrong with, beside what only looks like a cause. */
export const decoys: ObjectFault[] = [
  {
    name: 'a healthy Deployment',
    family: 'decoy',
    objects: [workload('Deployment')],
    isVisible: allRun,
    alert: objectAlert('KubeDeploymentReplicasMismatch', { deployment: 'web' }),
    truth: null,
  },
  {
    name: 'a healthy Deployment beside a pod that was evicted',
    family: 'decoy',
    objects: [workload('Deployment'), leftover],
    symptomOf: ({ metadata }) =>
      metadata.name === 'leftover'
        ? { phase: 'Failed', status: { reason: 'Evicted', message: 'The node was low on resource: memory.' } }
        : undefined,
    isVisible: namespace => allRun(namespace) && namespace.pods.length === 3,
    alert: objectAlert('KubeDeploymentReplicasMismatch', { deployment: 'web' }),
    truth: null,
  },
]
