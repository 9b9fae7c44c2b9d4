import { z } from 'zod'
import { parseAnswer } from '../../http/parse-answer.ts'
import type { AppDiff } from '../app.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { diffValues } from './diff-values.ts'
import { parseApp } from './parse-app.ts'
import { parseJsonOrUndefined } from './parse-json-or-undefined.ts'

const state = z.string().nullish()
const ManagedResources = z.looseObject({
  items: z
    .array(
      z.looseObject({
        kind: z.string(),
        namespace: z.string().nullish(),
        name: z.string(),
        hook: z.boolean().nullish(),
        liveState: state,
        targetState: state,
        normalizedLiveState: state,
        predictedLiveState: state,
      }),
    )
    .nullish(),
})
type Item = NonNullable<z.infer<typeof ManagedResources>['items']>[number]

/** Field by field where the cluster differs from Git, as Argo CD compares after its ignore rules. */
export async function diffApp(
  argocd: ArgocdClient,
  { name }: { name: string },
  signal: AbortSignal,
): Promise<AppDiff> {
  const currentRevision = async () => parseApp(await argocd.getApp(name, signal)).revision
  const before = await currentRevision()
  const { items } = await argocd.read(name, 'managed-resources', ManagedResources, signal)
  const revision = (await currentRevision()) === before ? before : null
  const differences = (items ?? [])
    .filter(item => !item.hook)
    .map(item => ({
      kind: item.kind,
      namespace: item.namespace || null,
      name: item.name,
      changes: changedFields(item),
    }))
  return { revision, differences: differences.filter(({ changes }) => changes.length > 0) }
}

function changedFields(item: Item) {
  const target = parseState(item.targetState)
  const live = parseState(item.normalizedLiveState) ?? parseState(item.liveState)
  if (target === null && live === null) return []
  if (target === null || live === null) return [{ path: '', live, desired: target }]
  // What the live object would be after a sync; Argo CD has applied the ignore rules to both.
  return diffValues(live, parseState(item.predictedLiveState) ?? target)
}

const Json = z.json()

function parseState(text: string | null | undefined): z.infer<typeof Json> {
  return text ? parseAnswer('Argo CD', Json, parseJsonOrUndefined(text)) : null
}
