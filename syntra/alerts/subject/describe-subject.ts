import type { Subject } from './subject.ts'

/** For example `shop/cart`, `PersistentVolumeClaim data/data-0 in cluster eu` or `node worker-3`; empty for a cluster without a name. */
export function describeSubject(subject: Subject): string {
  const { cluster } = subject
  const place = describePlace(subject)
  if (cluster === null) return place
  return place === '' ? `cluster ${cluster}` : `${place} in cluster ${cluster}`
}

function describePlace({ kind, namespace, name, workload }: Subject): string {
  if (workload !== null) return [namespace, workload].filter(Boolean).join('/')
  if (name === null) return ''
  if (kind === 'Namespace') return name
  const noun = { Node: 'node', Target: 'target' }[kind as string] ?? kind
  return `${noun} ${[namespace, name].filter(Boolean).join('/')}`
}
