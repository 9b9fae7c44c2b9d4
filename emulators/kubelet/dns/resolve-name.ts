import type { NameRecord, Names } from './build-dns-records.ts'

/**
 * Resolves a name as the cluster's DNS does for a pod of `namespace`: to a record, to `unknown` if the cluster has no
 * such name, or to `outside` if the resolver of this machine is responsible. The search list is that of a pod's
 * resolv.conf.
 */
export function resolveName(
  hostname: string,
  namespace: string,
  names: Names,
): NameRecord | 'unknown' | 'outside' {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  const candidates = SEARCH.map(suffix => `${name}${suffix.replace('NAMESPACE', namespace)}`)
  const found = candidates.find(candidate => Object.hasOwn(names, candidate))
  if (found !== undefined) return names[found] ?? 'unknown'
  const isClusterName = name !== 'localhost' && (!name.includes('.') || /\.(svc|cluster\.local)$/.test(name))
  return isClusterName ? 'unknown' : 'outside'
}

const SEARCH = ['.NAMESPACE.svc.cluster.local', '.svc.cluster.local', '.cluster.local', '']
