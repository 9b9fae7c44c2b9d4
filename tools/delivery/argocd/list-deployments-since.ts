import { isDeepStrictEqual } from 'node:util'
import type { DeploymentsSince } from '../app.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { contentOf, revisionOf } from './deployment.ts'

/** The deployments after one of Argo CD's history, and whether our own account requested them. The account is read only where another one is named. */
export async function listDeploymentsSince(
  argocd: ArgocdClient,
  { name, id }: { name: string; id: number },
  signal: AbortSignal,
): Promise<DeploymentsSince> {
  const { status } = await argocd.getApp(name, signal)
  const entries = (status?.history ?? []).filter(entry => entry.id > id).toSorted((a, b) => b.id - a.id)
  const isNamed = entries.some(({ initiatedBy }) => initiatedBy?.username)
  const account = isNamed ? await argocd.username(signal) : null
  const [newest] = entries
  return {
    deployments: entries.map(entry => ({
      id: entry.id,
      revision: revisionOf(entry),
      requestedBy: requester(entry.initiatedBy, account),
    })),
    isSameContent: entries.every(
      entry => newest !== undefined && isDeepStrictEqual(contentOf(entry), contentOf(newest)),
    ),
  }
}

type InitiatedBy = { username?: string | null; automated?: boolean | null } | null | undefined

function requester(initiatedBy: InitiatedBy, account: string | null) {
  if (initiatedBy?.automated) return 'automation'
  if (!initiatedBy?.username) return 'unknown'
  return initiatedBy.username === account ? 'syntra' : 'other'
}
