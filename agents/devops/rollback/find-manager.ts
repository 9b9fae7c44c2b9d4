import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'

/** Labels and annotations by which tools mark what they manage, with the tool. */
const TRACKING_KEYS: [key: string, tool: string][] = [
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['meta.helm.sh/release-name', 'Helm release'],
]

/** What manages a workload besides Kubernetes itself, for use in a sentence, or null: an operator, Flux, Helm or an unknown Argo CD. */
export function findManager({ object, labels, annotations }: Workload): string | null {
  const [owner] = listAt(object, 'metadata.ownerReferences')
  if (owner !== undefined)
    return `${stringAt(owner, 'kind') ?? 'an operator'} ${stringAt(owner, 'name') ?? ''}`.trim()
  for (const [key, tool] of TRACKING_KEYS) {
    const name = labels[key] ?? annotations[key]
    if (name !== undefined) return `${tool} ${name}`
  }
  return labels['app.kubernetes.io/managed-by'] === 'Helm' ? 'Helm' : null
}
