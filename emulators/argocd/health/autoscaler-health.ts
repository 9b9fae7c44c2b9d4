import type { Health } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type Condition = { type: string; status: string; reason?: string; message?: string }

const DEGRADED = new Set([
  'AbleToScale/FailedGetScale',
  'AbleToScale/FailedUpdateScale',
  'ScalingActive/FailedGetResourceMetric',
  'ScalingActive/InvalidSelector',
])

/** Assesses a HorizontalPodAutoscaler: Degraded if it cannot read its metric or scale, Healthy when able to scale. */
export function autoscalerHealth(object: KubeObject): Health {
  const conditions = (object as { status?: { conditions?: Condition[] } }).status?.conditions ?? []
  const broken = conditions.find(({ type, reason }) => DEGRADED.has(`${type}/${reason}`))
  if (broken) return { status: 'Degraded', message: broken.message ?? '' }
  const able = conditions.find(
    ({ type, status }) => (type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True',
  )
  return able
    ? { status: 'Healthy', message: able.message ?? '' }
    : { status: 'Progressing', message: 'Waiting to Autoscale' }
}
