import type { Container } from '../../kubernetes-client/objects.ts'

/**
 * Whether an init container keeps running beside the pod's containers.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function isSidecar({ restartPolicy }: Pick<Container, 'restartPolicy'>): boolean {
  return restartPolicy === 'Always'
}
