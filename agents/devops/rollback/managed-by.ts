import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'

/** Marks that tools leave on what they manage: the label or annotation, and whose it is. */
const MARKS: [key: string, message: string][] = [
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['meta.helm.sh/release-name', 'Helm release'],
]

/** Who manages a workload besides Kubernetes itself, in words, or null: an operator, Flux, Helm or an unseen Argo CD. */
export function ownerOf({ object, labels, annotations }: Workload): string | null {
  const [owner] = listAt(object, 'metadata.ownerReferences')
  if (owner !== undefined)
    return `${stringAt(owner, 'kind') ?? 'an operator'} ${stringAt(owner, 'name') ?? ''}`.trim()
  for (const [key, message] of MARKS) {
    const name = labels[key] ?? annotations[key]
    if (name !== undefined) return `${message} ${name}`
  }
  return labels['app.kubernetes.io/managed-by'] === 'Helm' ? 'Helm' : null
}
