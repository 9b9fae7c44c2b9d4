import { z } from 'zod'
import { type DeploymentHistory, SyncWindow, type SyncWindows } from '../app.ts'
import type { ArgocdClient } from './argocd-client.ts'

/** Argo CD's history of successful syncs, newest first. */
export async function listHistory(
  argocd: ArgocdClient,
  { name }: { name: string },
  signal: AbortSignal,
): Promise<DeploymentHistory> {
  const { status } = await argocd.getApp(name, signal)
  const history = (status?.history ?? []).map(entry => ({
    id: entry.id,
    revision: entry.revision || (entry.revisions?.[0] ?? null),
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
