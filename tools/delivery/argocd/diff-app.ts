import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { parseAnswer } from '../../http/parse-answer.ts'
import { parseOutsideJson } from '../../http/parse-outside-json.ts'
import { tolerantArray } from '../../http/tolerant-array.ts'
import type { Json } from '../../json.ts'
import { processInSlices } from '../../read-scope.ts'
import type { App, AppDiff } from '../app.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { diffInSteps } from './diff-values.ts'
import { parseApp } from './parse-app.ts'

const state = z.string().nullish()
const Item = z.looseObject({
  kind: z.string(),
  namespace: z.string().nullish(),
  name: z.string(),
  hook: z.boolean().nullish(),
  liveState: state,
  targetState: state,
  normalizedLiveState: state,
  predictedLiveState: state,
})
type Item = z.infer<typeof Item>
const ManagedResources = z.looseObject({ items: tolerantArray(Item).nullish() })

/** Field by field where the cluster differs from Git, as Argo CD compares after its ignore rules. */
export async function diffApp(
  argocd: ArgocdClient,
  { name }: { name: string },
  signal: AbortSignal,
): Promise<AppDiff> {
  const readKnown = async () => requireRendered(parseApp(await argocd.getApp(name, signal)))
  const { revision: before } = await readKnown()
  const { items } = await argocd.read(name, 'managed-resources', ManagedResources, signal)
  const revision = (await readKnown()).revision === before ? before : null
  const differences: AppDiff['differences'] = []
  for (const item of (items ?? []).filter(({ hook }) => !hook)) {
    const changes = await changedFields(item, signal)
    if (changes.length > 0)
      differences.push({ kind: item.kind, namespace: item.namespace || null, name: item.name, changes })
  }
  return { revision, differences }
}

/** Without rendered manifests Argo CD lists every object with nothing as its desired state, as if Git had deleted all. */
function requireRendered(app: App): App {
  const failure = app.conditions.find(({ type }) => type === 'ComparisonError')
  if (failure === undefined && app.syncStatus !== 'Unknown') return app
  const reason = failure === undefined ? '' : `: ${failure.message.slice(0, 400)}`
  throw new ExpectedError(
    'conflict',
    'DESIRED_STATE_UNKNOWN',
    `Argo CD cannot compare ${app.name} with Git${reason.replace(/\.$/, '')}. Mend what it reads, then compare again.`,
  )
}

async function changedFields(
  item: Item,
  signal: AbortSignal,
): Promise<AppDiff['differences'][number]['changes']> {
  const target = await parseState(item.targetState, signal)
  const live =
    (await parseState(item.normalizedLiveState, signal)) ?? (await parseState(item.liveState, signal))
  if (target === null && live === null) return []
  if (target === null || live === null)
    return [{ path: '', live: withoutServerFields(live), desired: target }]
  // What the live object would be after a sync; Argo CD has applied the ignore rules to both.
  const desired = (await parseState(item.predictedLiveState, signal)) ?? target
  return processInSlices(diffInSteps(live, desired), signal)
}

/** The object as a manifest: an object to prune comes with what the API server has added to it. */
function withoutServerFields(object: Json): Json {
  const { status: _status, ...manifest } = StateObject.safeParse(object).data ?? {}
  const metadata = StateObject.safeParse(manifest.metadata).data
  if (metadata === undefined) return object
  return {
    ...manifest,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.has(field))),
  }
}

const SERVER_FIELDS = new Set([
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
])

/** Each state is an object as JSON text. */
async function parseState(text: string | null | undefined, signal: AbortSignal): Promise<Json> {
  if (!text) return null
  const parsed = await parseOutsideJson('Argo CD', text, signal)
  return typeof parsed === 'string' ? parseAnswer('Argo CD', StateObject, parsed) : (parsed as Json)
}

const StateObject = z.record(z.string(), z.json())
