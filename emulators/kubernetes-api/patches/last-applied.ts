import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../meta/kube-object.ts'
import type { FieldType } from '../registry/schema.ts'
import { type Path, pathsOf, valueAt } from './field-set.ts'
import { ownedContent } from './owned-content.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const KUBECTL = 'kubectl'

/**
 * Returns the fields that client-side `kubectl apply` set and that have not changed since. kubectl may take them over
 * when it switches to server-side apply. Source: k8s.io/apimachinery util/managedfields, lastappliedmanager.go.
 */
export function ownedByClientSideApply(
  type: FieldType,
  live: KubeObject | undefined,
  manager: string,
): Path[] {
  const applied = manager === KUBECTL ? readAnnotation(live) : undefined
  if (!applied) return []
  const content = ownedContent(applied)
  return pathsOf(type, content).filter(path => isDeepStrictEqual(valueAt(content, path), valueAt(live, path)))
}

/**
 * Updates the annotation of client-side `kubectl apply` in place after a server-side apply, so that kubectl can switch
 * back.
 */
export function renewLastApplied(object: KubeObject, config: KubeObject, manager: string): void {
  const { annotations } = object.metadata
  if (manager === KUBECTL && annotations?.[ANNOTATION] !== undefined)
    annotations[ANNOTATION] = `${JSON.stringify(config)}\n`
}

function readAnnotation(live: KubeObject | undefined): KubeObject | undefined {
  const text = live?.metadata.annotations?.[ANNOTATION]
  if (text === undefined) return undefined
  try {
    const applied = JSON.parse(text) as KubeObject | null
    return applied?.metadata ? applied : undefined
  } catch {
    // Any client can write the annotation; one that is not JSON is ignored.
    return undefined
  }
}
