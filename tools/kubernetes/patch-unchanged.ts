import { ExpectedError } from '@goalixa/chassis/errors'
import type { WriteCall } from '../write-call.ts'
import type { Kind } from './kinds.ts'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

export type PatchOperation = { op: 'add' | 'replace' | 'test'; path: string; value: unknown }

/**
 * Patches an object only if its spec is still the one that was read. The API server tests that itself, on the object that it
 * changes, so that a patch which arrives late is refused. Changes of the status do not matter. Throws `conflict` STATE_CHANGED.
 */
export async function patchUnchanged(
  kubernetes: KubernetesClient,
  read: KubernetesObject,
  operations: PatchOperation[],
  call: WriteCall,
): Promise<void> {
  const { metadata } = read
  const [kind, namespace] = [read.kind as Kind, metadata.namespace ?? '']
  const body = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: '/metadata/generation', value: metadata.generation },
    ...operations,
  ]
  try {
    await kubernetes.patch(kind, namespace, metadata.name, { type: 'json', body }, call)
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.kind !== 'invalid') throw error
    const latest = await kubernetes.get(kind, namespace, metadata.name, call.signal)
    assertUnchanged(latest, metadata)
    throw error
  }
}

type Approved = { uid?: string; generation?: number; resourceVersion?: string }

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

/** The operations that set annotations below `path` and keep those that were read. */
export function setAnnotations(
  path: string,
  read: Record<string, string> | undefined,
  added: Record<string, string>,
): PatchOperation[] {
  if (read === undefined) return [{ op: 'add', path, value: added }]
  return Object.entries(added).map(([key, value]) => ({
    op: 'add',
    path: `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    value,
  }))
}
