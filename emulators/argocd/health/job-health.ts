import type { Health } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type Job = { status?: { conditions?: { type: string; status: string; message?: string }[] } }

/** Assesses a Job: Degraded when failed, Healthy when complete, otherwise Progressing. */
export function jobHealth(object: KubeObject): Health {
  const conditions = ((object as Job).status?.conditions ?? []).filter(({ status }) => status === 'True')
  const found = (wanted: string) => conditions.find(({ type }) => type === wanted)
  const failed = found('Failed')
  if (failed) return { status: 'Degraded', message: failed.message ?? '' }
  const complete = found('Complete')
  if (complete) return { status: 'Healthy', message: complete.message ?? '' }
  return found('Suspended') ? { status: 'Suspended' } : { status: 'Progressing' }
}
