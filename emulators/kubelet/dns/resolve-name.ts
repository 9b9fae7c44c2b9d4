import type { NameRecord, Names } from './names-of.ts'

/**
 * What the cluster's DNS says of a name that a pod of `namespace` asks for: a record, `unknown` where the cluster would
 * answer that there is no such name, or `outside` where the host's own resolver has the word.
 * The search list is that of a pod's resolv.conf.
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
