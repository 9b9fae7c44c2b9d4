import { ExpectedError } from '@goalixa/chassis/errors'
import type { KubernetesClient } from './kubernetes-client.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

const MAX_UNREADY = 8

/** Of a cluster with too many nodes to list: those that are named, by name or address, and those that are not Ready. */
export async function readScopedNodes(
  kubernetes: KubernetesClient,
  about: readonly string[],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const rows = await kubernetes.listRows('Node', null, {}, signal)
  const named = rows.filter(({ name, cells }) =>
    [name, cells['internal-ip'], cells['external-ip']].some(
      known => known !== undefined && about.includes(known),
    ),
  )
  // `Ready,SchedulingDisabled` is a Ready node that is cordoned.
  const unready = rows.filter(({ cells }) => cells.status?.split(',')[0] !== 'Ready').slice(0, MAX_UNREADY)
  const names = [...new Set([...named, ...unready].map(({ name }) => name))]
  const nodes = await Promise.all(
    names.map(name =>
      kubernetes.get('Node', null, name, signal).catch((error: unknown) => {
        if (error instanceof ExpectedError && error.kind === 'missing') return null
        throw error
      }),
    ),
  )
  return nodes.filter(node => node !== null)
}
