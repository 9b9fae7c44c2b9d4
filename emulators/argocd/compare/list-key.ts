// The merge keys of the Kubernetes API (`x-kubernetes-list-map-keys` of its OpenAPI), by the name of the list.
const KEYS: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  volumeClaimTemplates: 'metadata.name',
}

/** Returns the key that identifies items of a list; null if the list is compared as a whole. */
export function listKey(
  path: readonly string[],
  items: readonly unknown[],
): ((item: unknown) => string) | null {
  const name = path.at(-1) ?? ''
  const field = name === 'ports' ? portKey(path) : KEYS[name]
  if (field === undefined) return null
  const fields = field.split('.')
  const keyOf = (item: unknown) =>
    fields.reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], item)
  const keys = items.map(keyOf)
  const isUsable = keys.every(key => key !== undefined) && items.every(item => typeof item === 'object')
  return isUsable ? item => `${String(keyOf(item))}/${protocolOf(item, field)}` : null
}

// The ports of a container and of a Service have keys; those of a network policy do not.
function portKey(path: readonly string[]): string | undefined {
  if (path.includes('containers') || path.includes('initContainers')) return 'containerPort'
  return path.length === 2 && path[0] === 'spec' ? 'port' : undefined
}

function protocolOf(item: unknown, field: string): string {
  const isPort = field === 'containerPort' || field === 'port'
  return isPort ? ((item as { protocol?: string }).protocol ?? 'TCP') : ''
}
