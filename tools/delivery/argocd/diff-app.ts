import { z } from 'zod'
import { parseAnswer } from '../../http/parse-answer.ts'
import { defineTool } from '../../tool.ts'
import { appOf } from './app.ts'
import { AppName } from './app-name.ts'
import { diffValues } from './diff-values.ts'

/** What `delivery_diff_app` gives: objects that differ from Git; a path of '' means that the object is missing on one side. */
export const AppDiff = z.object({
  /** The commit that was compared with; null if that is not sure, for example because it has just moved. */
  revision: z.string().nullable(),
  differences: z.array(
    z.object({
      kind: z.string(),
      namespace: z.string().nullable(),
      name: z.string(),
      changes: z.array(z.object({ path: z.string(), live: z.json(), desired: z.json() })),
    }),
  ),
})
export type AppDiff = z.infer<typeof AppDiff>

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

export const diffApp = defineTool({
  name: 'delivery_diff_app',
  description: 'Tells field by field where the cluster differs from what Git says.',
  effect: 'read',
  input: AppName,
  async run({ name }, { argocd }, signal): Promise<AppDiff> {
    const revisionNow = async () => appOf(await argocd.getApp(name, signal)).revision
    const before = await revisionNow()
    const { items } = await argocd.read(name, 'managed-resources', ManagedResources, signal)
    const revision = (await revisionNow()) === before ? before : null
    const differences = (items ?? [])
      .filter(item => !item.hook)
      .map(item => ({
        kind: item.kind,
        namespace: item.namespace || null,
        name: item.name,
        changes: collectChanges(item),
      }))
    return { revision, differences: differences.filter(({ changes }) => changes.length > 0) }
  },
})

function collectChanges(item: Item) {
  const target = objectOf(item.targetState)
  const live = objectOf(item.normalizedLiveState) ?? objectOf(item.liveState)
  if (target === null && live === null) return []
  if (target === null || live === null) return [{ path: '', live, desired: target }]
  // What the live object would be after a sync; Argo CD has applied the ignore rules to both.
  return diffValues(live, objectOf(item.predictedLiveState) ?? target)
}

const Json = z.json()

function objectOf(text: string | null | undefined): z.infer<typeof Json> {
  return text ? parseAnswer('Argo CD', Json, parsed(text)) : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
