import { ExpectedError } from '@goalixa/chassis/errors'
import { escapeJsonPointer } from '../escape-json-pointer.ts'
import type { WriteCall } from '../write-call.ts'
import type { Kind } from './kinds.ts'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

export type PatchOperation = { op: 'add' | 'replace' | 'test'; path: string; value: unknown }

/** The operations of a patch, for the object as it was last read; throws where it must not be patched. */
export type Operations = (object: KubernetesObject) => PatchOperation[]

const ATTEMPTS = 3

/**
 * Patches an object only if its spec is still the one that was read. The API server tests that itself, on the object that it
 * changes, so that a patch which arrives late is refused. If only its status or annotations have changed, it is patched as it is
 * now. Throws `conflict` STATE_CHANGED.
 */
export async function patchUnchanged(
  kubernetes: KubernetesClient,
  read: KubernetesObject,
  operations: Operations,
  call: WriteCall,
): Promise<void> {
  const { metadata } = read
  const [kind, namespace] = [read.kind as Kind, metadata.namespace ?? '']
  let object = read
  for (let attempt = 1; ; attempt += 1) {
    const body = [
      { op: 'test', path: '/metadata/uid', value: metadata.uid },
      { op: 'test', path: '/metadata/generation', value: metadata.generation },
      ...operations(object),
    ]
    try {
      await kubernetes.patch(kind, namespace, metadata.name, { type: 'json', body }, call)
      return
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.kind !== 'invalid') throw error
      const latest = await kubernetes.get(kind, namespace, metadata.name, call.signal)
      assertUnchanged(latest, { uid: metadata.uid, generation: metadata.generation })
      const isSame = latest.metadata.resourceVersion === object.metadata.resourceVersion
      if (isSame || attempt === ATTEMPTS) throw error
      object = latest
    }
  }
}

type Approved = {
  uid?: string | undefined
  generation?: number | undefined
  resourceVersion?: string | undefined
}

/** Throws `conflict` STATE_CHANGED where an object is no longer the one that was approved or read. */
export function assertUnchanged({ kind, metadata }: KubernetesObject, approved: Approved): void {
  const isSame = (['uid', 'generation', 'resourceVersion'] as const).every(
    field => approved[field] === undefined || approved[field] === metadata[field],
  )
  if (isSame) return
  throw new ExpectedError(
    'conflict',
    'STATE_CHANGED',
    `${kind} ${metadata.namespace}/${metadata.name} has changed since it was approved: it is now at generation ${metadata.generation}, resourceVersion ${metadata.resourceVersion}.`,
  )
}

/** The operations that set annotations of an object and keep all others, also those that appeared since it was read. */
export function setObjectAnnotations(
  object: KubernetesObject,
  added: Record<string, string>,
): PatchOperation[] {
  const { annotations } = object.metadata
  const operations = setAnnotations('/metadata/annotations', annotations, added)
  return annotations === undefined ? [testAnnotations(object), ...operations] : operations
}

/**
 * Tests that the annotations, which do not raise the generation, are those that were read. A JSON patch cannot test that there are none, so that
 * then nothing of the object may have changed.
 */
export function testAnnotations({ metadata }: KubernetesObject): PatchOperation {
  const { annotations, resourceVersion } = metadata
  return annotations === undefined
    ? { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }
    : { op: 'test', path: '/metadata/annotations', value: annotations }
}

/** The operations that set annotations below `path`, which the generation protects, and keep those that were read. */
export function setAnnotations(
  path: string,
  read: Record<string, string> | undefined,
  added: Record<string, string>,
): PatchOperation[] {
  if (read === undefined) return [{ op: 'add', path, value: added }]
  return Object.entries(added).map(([key, value]) => ({
    op: 'add',
    path: `${path}/${escapeJsonPointer(key)}`,
    value,
  }))
}
