import { createClusterClient } from './create-cluster-client.ts'
import { NAMESPACE, NODE_NAME } from './settings.ts'
import { waitUntil } from './wait-until.ts'

/** Creates the steps that remove what the sandbox has made on a cluster that goes on without it. */
export function createCleanup(kubeconfig: string) {
  const kubernetes = createClusterClient(kubeconfig)
  return {
    /** Deletes the namespace and waits until it is gone, for which the node has to run. */
    async removeNamespace() {
      await waitUntil(() => kubernetes.remove(`/api/v1/namespaces/${NAMESPACE}`), {
        what: `the namespace ${NAMESPACE} to be deleted from your cluster (kubectl delete namespace ${NAMESPACE})`,
        timeoutMs: 60_000,
        everyMs: 1_000,
      })
    },
    async removeNode() {
      await kubernetes.remove(`/api/v1/nodes/${NODE_NAME}`)
      kubernetes.close()
    },
  }
}
