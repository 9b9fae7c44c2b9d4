import type { ContainerStatus } from '@goalixa/emulators-shared/kubernetes/objects'

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'
type Options = { restartPolicy?: string; inits: ContainerStatus[]; mains: ContainerStatus[] }

/**
 * Computes the phase of a pod from the states of its containers. Source: `getPhase` of the kubelet,
 * kubernetes/kubernetes.
 */
export function computePodPhase({ restartPolicy = 'Always', inits, mains }: Options): Phase {
  const hasFailedInit = inits.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)
  if (hasFailedInit && restartPolicy === 'Never') return 'Failed'
  if (inits.some(({ state }) => state?.terminated?.exitCode !== 0)) return 'Pending'
  const stopped = mains.filter(
    ({ state, lastState }) => state?.terminated ?? (state?.waiting && lastState?.terminated),
  )
  const running = mains.filter(({ state }) => state?.running)
  if (running.length + stopped.length < mains.length) return 'Pending'
  if (running.length > 0 || restartPolicy === 'Always') return 'Running'
  if (stopped.every(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.exitCode === 0))
    return 'Succeeded'
  return restartPolicy === 'Never' ? 'Failed' : 'Running'
}
