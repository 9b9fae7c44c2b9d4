import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'

/** Reads a downward API field, for example `metadata.labels['app']`. Undefined if the path is not supported. */
export function readField(
  path: string,
  pod: Pod,
  addresses: { podIp: string; hostIp: string },
): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (keyed?.[2] !== undefined) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]] ?? ''
  const read: Record<string, () => string> = {
    'metadata.name': () => pod.metadata.name,
    'metadata.namespace': () => pod.metadata.namespace,
    'metadata.uid': () => pod.metadata.uid,
    'metadata.labels': () => written(pod.metadata.labels),
    'metadata.annotations': () => written(pod.metadata.annotations),
    'spec.nodeName': () => pod.spec.nodeName ?? '',
    'spec.serviceAccountName': () => pod.spec.serviceAccountName ?? 'default',
    'status.hostIP': () => addresses.hostIp,
    'status.hostIPs': () => addresses.hostIp,
    'status.podIP': () => addresses.podIp,
    'status.podIPs': () => addresses.podIp,
  }
  return read[path]?.()
}

function written(map: Record<string, string> = {}): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted()
    .join('\n')
}
