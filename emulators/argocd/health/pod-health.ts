import type { Health } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type State = {
  waiting?: { reason?: string; message?: string }
  terminated?: { exitCode: number; reason?: string; message?: string }
}
type Pod = {
  spec?: { restartPolicy?: string }
  status?: {
    phase?: string
    message?: string
    conditions?: { type: string; status: string }[]
    containerStatuses?: { name: string; state?: State; lastState?: State }[]
    initContainerStatuses?: { name: string; state?: State }[]
  }
}

/** Assesses a Pod: Degraded when it failed or a container waits with an error, Healthy when ready or succeeded. */
export function podHealth(object: KubeObject): Health {
  const { spec, status } = object as Pod
  const restarts = (spec?.restartPolicy ?? 'Always') === 'Always'
  const waiting = restarts
    ? (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? [])
    : []
  const stuck = waiting.find(({ reason = '' }) => /^Err|Error$|BackOff$/.test(reason))
  if (stuck) return { status: 'Degraded', message: stuck.message ?? stuck.reason ?? '' }
  switch (status?.phase) {
    case 'Pending':
      return { status: 'Progressing', message: status.message ?? '' }
    case 'Succeeded':
      return { status: 'Healthy', message: status.message ?? '' }
    case 'Failed':
      return { status: 'Degraded', message: status.message || failureOf(status) }
    case 'Running':
      return runningHealth(restarts, status)
    default:
      return { status: 'Unknown', message: status?.message ?? '' }
  }
}

function runningHealth(restarts: boolean, status: NonNullable<Pod['status']>): Health {
  if (!restarts) return { status: 'Progressing', message: status.message ?? '' }
  const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')
  if (isReady) return { status: 'Healthy', message: status.message ?? '' }
  const hasCrashed = status.containerStatuses?.some(({ lastState }) => lastState?.terminated)
  return { status: hasCrashed ? 'Degraded' : 'Progressing', message: status.message ?? '' }
}

function failureOf({
  containerStatuses = [],
  initContainerStatuses = [],
}: NonNullable<Pod['status']>): string {
  const failed = [...initContainerStatuses, ...containerStatuses].find(
    ({ state }) => (state?.terminated?.exitCode ?? 0) !== 0,
  )
  const end = failed?.state?.terminated
  if (!failed || !end) return ''
  return (
    end.message ||
    (end.reason === 'OOMKilled'
      ? end.reason
      : `container "${failed.name}" failed with exit code ${end.exitCode}`)
  )
}
