import type { Log } from '@goalixa/chassis/log'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'

type Options = { client: KubernetesClient; ingress: Ingress; address: string; log: Log }

/** Publishes the address in the status of an Ingress, as a controller must: health checks wait for it. */
export async function publishAddress({ client, ingress, address, log }: Options): Promise<void> {
  const { namespace, name } = ingress.metadata
  if (ingress.status?.loadBalancer?.ingress?.some(({ ip }) => ip === address)) return
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}/status`
  const body = { status: { loadBalancer: { ingress: [{ ip: address }] } } }
  await client
    .request('PATCH', path, { contentType: 'application/merge-patch+json', body })
    .catch(error => log.warn({ ingress: name, reason: String(error) }, 'ingress address not published'))
}
