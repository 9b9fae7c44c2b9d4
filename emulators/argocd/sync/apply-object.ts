import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError, isRetryable } from '@goalixa/chassis/errors'
import type { IgnoredDifference } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import { groupOf, type KubeObject } from '../cluster/kube-object.ts'
import { LAST_APPLIED } from '../compare/annotations.ts'
import { predict } from '../compare/compare-objects.ts'
import { isSameObject } from '../compare/is-same-object.ts'

const TRIES = 4
const PAUSE_MS = 200

type Options = { isDryRun: boolean; ignored?: IgnoredDifference[]; signal: AbortSignal }

/** Applies a manifest and returns kubectl's message. Throws ExpectedError with the API server's reason. */
export async function applyObject(cluster: Cluster, target: KubeObject, options: Options): Promise<string> {
  const name = `${target.kind.toLowerCase()}${groupOf(target.apiVersion) ? `.${groupOf(target.apiVersion)}` : ''}/${target.metadata.name}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      return `${name} ${await applyOnce(cluster, target, options)}`
    } catch (error) {
      // After a concurrent write (controllers write often) or while the API server is unreachable: retry with the
      // current object.
      const isPassing = error instanceof ExpectedError && (error.kind === 'conflict' || isRetryable(error))
      if (!isPassing || attempt === TRIES) throw error
      await sleep(attempt * PAUSE_MS, undefined, { signal: options.signal })
    }
  }
}

async function applyOnce(
  cluster: Cluster,
  target: KubeObject,
  { isDryRun, ignored }: Options,
): Promise<string> {
  const live = await cluster.read(target)
  if (!live) {
    await cluster.create(withAnnotation(target, target), isDryRun)
    return 'created'
  }
  const next = withAnnotation(predict(target, live, ignored), target)
  if (isSameObject(live, next)) return 'unchanged'
  await cluster.replace(next, isDryRun)
  return 'configured'
}

// The last-applied annotation, as kubectl apply writes it: the next sync removes fields that are no longer in the
// manifest.
function withAnnotation(object: KubeObject, target: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: JSON.stringify(target) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}
