import type { Node, Pod } from '@goalixa/emulators-shared/kubernetes/objects'

/** A group of targets as Prometheus' HTTP service discovery expects it. */
export type TargetGroup = { targets: string[]; labels: Record<string, string> }

/**
 * Builds the targets that `role: pod` of Prometheus' Kubernetes discovery would find: one for every declared container
 * port, with the same meta labels. Source:
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
 */
export function podTargets(pods: Pod[]): TargetGroup[] {
  return pods.flatMap(({ metadata, spec, status }) => {
    const address = status?.podIP
    if (!address) return []
    return spec.containers.flatMap(container =>
      (container.ports ?? []).map(port => ({
        targets: [`${address}:${port.containerPort}`],
        labels: {
          __meta_kubernetes_namespace: metadata.namespace,
          __meta_kubernetes_pod_name: metadata.name,
          __meta_kubernetes_pod_uid: metadata.uid,
          __meta_kubernetes_pod_ip: address,
          __meta_kubernetes_pod_phase: status.phase ?? '',
          __meta_kubernetes_pod_node_name: spec.nodeName ?? '',
          __meta_kubernetes_pod_container_name: container.name,
          __meta_kubernetes_pod_container_port_name: port.name ?? '',
          __meta_kubernetes_pod_container_port_number: String(port.containerPort),
          ...prefixed('__meta_kubernetes_pod_label_', metadata.labels),
          ...prefixed('__meta_kubernetes_pod_annotation_', metadata.annotations),
        },
      })),
    )
  })
}

/** Builds the targets that `role: node` would find: the kubelet's address of every node. */
export function nodeTargets(nodes: Node[]): TargetGroup[] {
  return nodes.flatMap(({ metadata, status }) => {
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
    const port = status?.daemonEndpoints?.kubeletEndpoint?.Port
    if (!address || !port) return []
    return [
      {
        targets: [`${address}:${port}`],
        labels: {
          __meta_kubernetes_node_name: metadata.name,
          __meta_kubernetes_node_address_InternalIP: address,
          ...prefixed('__meta_kubernetes_node_label_', metadata.labels),
        },
      },
    ]
  })
}

// Characters that are invalid in label names become underscores.
function prefixed(prefix: string, labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [prefix + key.replace(/[^A-Za-z0-9_]/g, '_'), value]),
  )
}
