import type { Container } from '@goalixa/emulators-shared/kubernetes/objects'

/**
 * Returns whether an init container keeps running beside the pod's containers. Source:
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function isSidecar({ restartPolicy }: Pick<Container, 'restartPolicy'>): boolean {
  return restartPolicy === 'Always'
}
