import { z } from 'zod'
import { type DeploymentHistory, SyncWindow, type SyncWindows } from '../app.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { contentDigest, revisionOf } from './deployment.ts'

/** Argo CD's history of successful syncs, newest first. */
export async function listHistory(
  argocd: ArgocdClient,
  { name }: { name: string },
  signal: AbortSignal,
): Promise<DeploymentHistory> {
  const { status } = await argocd.getApp(name, signal)
  const history = (status?.history ?? []).map(entry => ({
    id: entry.id,
    revision: revisionOf(entry),
    content: contentDigest(entry),
    deployedAt: entry.deployedAt ?? null,
    deployStartedAt: entry.deployStartedAt ?? null,
    initiatedBy: entry.initiatedBy?.automated ? 'automated' : (entry.initiatedBy?.username ?? null),
  }))
  return { history: history.toSorted((a, b) => b.id - a.id) }
}

const Answer = z.looseObject({
  canSync: z.boolean().nullish(),
  activeWindows: z.array(SyncWindow).nullish(),
  assignedWindows: z.array(SyncWindow).nullish(),
})

/** Whether Argo CD would accept a manual sync now. */
export async function readSyncWindows(
  argocd: ArgocdClient,
  { name }: { name: string },
  signal: AbortSignal,
): Promise<SyncWindows> {
  const answer = await argocd.read(name, 'syncwindows', Answer, signal)
  const assigned = answer.assignedWindows ?? []
  // Argo CD leaves a false out of its JSON; only without any window does its absence mean yes.
  return { canSync: answer.canSync ?? assigned.length === 0, active: answer.activeWindows ?? [], assigned }
}
