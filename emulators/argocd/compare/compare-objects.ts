import type { IgnoredDifference } from '../applications/application.ts'
import { groupOf, type KubeObject, keyOf, keyText, type ResourceKey } from '../cluster/kube-object.ts'
import { LAST_APPLIED, lastAppliedOf } from './annotations.ts'
import { isSameObject } from './is-same-object.ts'
import { mergeThreeWay } from './merge-three-way.ts'

/** An object in Git, in the cluster or in both, and the state of the object in the cluster after a sync. */
export type Comparison = {
  key: ResourceKey
  target: KubeObject | null
  live: KubeObject | null
  predicted: KubeObject | null
  isSynced: boolean
}

/** Compares each target with its live object; an object that is only live would be pruned. */
export function compareObjects(
  targets: KubeObject[],
  live: KubeObject[],
  ignored: IgnoredDifference[] = [],
): Comparison[] {
  const liveByKey = new Map(live.map(object => [keyText(keyOf(object)), object]))
  const wanted = new Set(targets.map(target => keyText(keyOf(target))))
  const extra = live.filter(object => !wanted.has(keyText(keyOf(object))))
  return [
    ...targets.map(target => compareOne(target, liveByKey.get(keyText(keyOf(target))) ?? null, ignored)),
    ...extra.map(object => ({
      key: keyOf(object),
      target: null,
      live: object,
      predicted: null,
      isSynced: false,
    })),
  ]
}

/** Returns the live object with the target applied, without the last-applied annotation. */
export function predict(target: KubeObject, live: KubeObject, ignored: IgnoredDifference[] = []): KubeObject {
  const merged = mergeThreeWay(lastAppliedOf(live), live, target) as KubeObject
  // The annotation itself is not a difference: keep the live one.
  const annotation = live.metadata.annotations?.[LAST_APPLIED]
  if (annotation !== undefined)
    merged.metadata.annotations = { ...merged.metadata.annotations, [LAST_APPLIED]: annotation }
  for (const pointer of pointersFor(target, ignored)) copyAt(pointer, live, merged)
  return merged
}

function compareOne(target: KubeObject, live: KubeObject | null, ignored: IgnoredDifference[]): Comparison {
  const key = keyOf(target)
  if (!live) return { key, target, live, predicted: target, isSynced: false }
  const predicted = predict(target, live, ignored)
  return { key, target, live, predicted, isSynced: isSameObject(live, predicted) }
}

function pointersFor({ apiVersion, kind, metadata }: KubeObject, ignored: IgnoredDifference[]): string[] {
  return ignored
    .filter(
      rule =>
        (rule.kind === kind || rule.kind === '*') &&
        (rule.group === undefined || rule.group === '*' || rule.group === groupOf(apiVersion)) &&
        (rule.name === undefined || rule.name === metadata.name) &&
        (rule.namespace === undefined || rule.namespace === metadata.namespace),
    )
    .flatMap(({ jsonPointers = [] }) => jsonPointers)
}

// RFC 6901. Ignored fields keep their live values.
function copyAt(pointer: string, from: unknown, to: unknown): void {
  const parts = pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name = parts.pop()
  const descend = (object: unknown) =>
    parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], object)
  const [source, target] = [descend(from), descend(to)] as Record<string, unknown>[]
  if (name === undefined || !target) return
  if (source?.[name] === undefined) delete target[name]
  else target[name] = source[name]
}
