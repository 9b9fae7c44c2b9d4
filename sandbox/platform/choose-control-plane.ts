import { resolve } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import {
  createKubernetesClient,
  type KubernetesClient,
} from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Node } from '@goalixa/emulators-shared/kubernetes/objects'
import { type ClusterAccess, readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { type Assets, findAssets } from '@goalixa/kubernetes-api-emulator/envtest/find-assets'
import { NAMESPACE, NODE_NAME } from './settings.ts'

/** Where the sandbox's objects live: the emulator, a real control plane that it starts, or one that runs already. */
export type ControlPlane =
  | { kind: 'emulator' }
  | { kind: 'envtest'; assets: Assets }
  | { kind: 'existing'; kubeconfig: string; serviceCidr: string }

/**
 * Checks before anything starts that a control plane can be used: by default the emulator, `envtest`, or a kubeconfig
 * file. Throws with what is missing and what to do.
 */
export async function chooseControlPlane(cluster: string | undefined): Promise<ControlPlane> {
  if (cluster === undefined) return { kind: 'emulator' }
  if (cluster === 'envtest') return { kind: 'envtest', assets: findAssets() }
  const kubeconfig = resolve(cluster)
  const client = createKubernetesClient(readAccess(kubeconfig), { userAgent: 'sandbox' })
  try {
    await assertUnused(client, kubeconfig)
    return { kind: 'existing', kubeconfig, serviceCidr: await readServiceCidr(client) }
  } finally {
    client.close()
  }
}

function readAccess(kubeconfig: string): ClusterAccess {
  try {
    const access = readKubeconfig(kubeconfig)
    if (access.headers.authorization || access.tls.cert) return access
  } catch (error) {
    throw new Error(
      `--cluster: ${(error as Error).message}; expected envtest, or a kubeconfig file of a control plane.`,
    )
  }
  throw new Error(
    `--cluster: the user of the current context in ${kubeconfig} has neither a token nor a client certificate; expected one of them (credential plugins are not supported here).`,
  )
}

// Its pods must not run elsewhere, and what it creates it deletes.
async function assertUnused(client: KubernetesClient, kubeconfig: string): Promise<void> {
  const { items } = await client.request<{ items: Node[] }>('GET', '/api/v1/nodes').catch(cause => {
    throw new Error(
      `--cluster: the nodes of ${kubeconfig} cannot be listed (${cause.message}); expected an API server that answers and an administrator of the cluster.`,
    )
  })
  const others = items.filter(({ metadata, spec }) => metadata.name !== NODE_NAME && !spec?.unschedulable)
  if (others.length > 0)
    throw new Error(
      `--cluster: the cluster of ${kubeconfig} has nodes of its own (${others.map(({ metadata }) => metadata.name).join(', ')}), on which the sandbox's pods cannot run; expected a control plane without schedulable nodes: use --cluster envtest, or npm run envtest:start.`,
    )
  const isMissing = await client.request('GET', `/api/v1/namespaces/${NAMESPACE}`).then(
    () => false,
    error => error instanceof ExpectedError && error.kind === 'missing',
  )
  if (!isMissing)
    throw new Error(
      `--cluster: the cluster of ${kubeconfig} has a namespace ${NAMESPACE}, which the sandbox would change and delete; expected none: kubectl delete namespace ${NAMESPACE} removes what a killed run has left.`,
    )
}

// ServiceCIDR objects exist since 1.33; before, the message for an address outside of the range names it.
async function readServiceCidr(client: KubernetesClient): Promise<string> {
  type ServiceCidr = { spec: { cidrs: string[] } }
  const known = await client
    .request<ServiceCidr>('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes')
    .then(({ spec }) => spec.cidrs[0])
    .catch(() => undefined)
  if (known) return known
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'sandbox-range' },
    spec: { clusterIP: '192.0.2.1', ports: [{ port: 80 }] },
  }
  const message = await client
    .request('POST', '/api/v1/namespaces/default/services', { query: { dryRun: 'All' }, body })
    .then(
      () => '',
      error => String(error.message),
    )
  const range = /range of valid IPs is (\S+\/\d+)/.exec(message)?.[1]
  if (range) return range
  throw new Error(
    `--cluster: the range of the cluster's Services is unknown (${message}); expected ServiceCIDR objects (Kubernetes 1.33 or newer).`,
  )
}
