import { ExpectedError } from '@goalixa/chassis/errors'
import type { IgnoredDifference } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import { groupOf, type KubeObject } from '../cluster/kube-object.ts'
import { LAST_APPLIED } from '../compare/annotations.ts'
import { predict } from '../compare/compare-objects.ts'
import { isSameObject } from '../compare/is-same-object.ts'

const TRIES = 4

type Options = { isDryRun: boolean; ignored?: IgnoredDifference[] }

/** Applies a manifest and says what that did, in kubectl's words. Throws ExpectedError with the API server's reason. */
export async function applyObject(cluster: Cluster, target: KubeObject, options: Options): Promise<string> {
  const name = `${target.kind.toLowerCase()}${groupOf(target.apiVersion) ? `.${groupOf(target.apiVersion)}` : ''}/${target.metadata.name}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      return `${name} ${await applyOnce(cluster, target, options)}`
    } catch (error) {
      // Someone else wrote meanwhile (controllers write often): merge into what is there now.
      const isRace = error instanceof ExpectedError && error.kind === 'conflict'
      if (!isRace || attempt === TRIES) throw error
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
    await cluster.create(withNote(target, target), isDryRun)
    return 'created'
  }
  const next = withNote(predict(target, live, ignored), target)
  if (isSameObject(live, next)) return 'unchanged'
  await cluster.replace(next, isDryRun)
  return 'configured'
}

// What was applied, so that the next time a field that left the manifest is taken away: the note kubectl apply leaves too.
function withNote(object: KubeObject, target: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: JSON.stringify(target) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}
