import { ExpectedError } from '@goalixa/chassis/errors'
import type { ArgocdClient } from './argocd-client.ts'
import type { RawApplication } from './raw-application.ts'

/** The names of clusters by the addresses of their API servers, without slashes at the end. */
export type ClusterNames = ReadonlyMap<string, string>

/**
 * What Argo CD calls the clusters that applications give by address alone, of several destinations. An address that has two names, and all
 * where the account may not read clusters, have none: the address then stays the name.
 */
export async function readClusterNames(
  argocd: ArgocdClient,
  apps: readonly RawApplication[],
  signal: AbortSignal,
): Promise<ClusterNames> {
  const destinations = apps.map(({ spec }) => spec.destination)
  const places = new Set(destinations.flatMap(destination => destination?.name || destination?.server || []))
  if (places.size < 2 || destinations.every(destination => destination?.name || !destination?.server))
    return new Map()
  try {
    return uniqueNames(await argocd.listClusters(signal))
  } catch (error) {
    if (signal.aborted || !(error instanceof ExpectedError)) throw error
    return new Map()
  }
}

/** An address without slashes at the end, which Argo CD ignores. */
export function normaliseServer(server: string): string {
  return server.replace(/\/+$/, '')
}

function uniqueNames(clusters: { name?: string | null; server?: string | null }[]): ClusterNames {
  const named = clusters.flatMap(({ name, server }) =>
    name && server ? [{ name, server: normaliseServer(server) }] : [],
  )
  const byServer = Map.groupBy(named, ({ server }) => server)
  return new Map(
    [...byServer.values()].flatMap(([only, ...more]) =>
      only && more.length === 0 ? [[only.server, only.name] as const] : [],
    ),
  )
}
