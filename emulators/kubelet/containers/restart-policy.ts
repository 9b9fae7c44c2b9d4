import type { Container, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import { createBackoff } from './create-backoff.ts'
import { formatDuration } from './format-duration.ts'
import { isSidecar } from './is-sidecar.ts'

type Options = {
  pod: Pod
  container: Container
  /** An init container that must exit before the next one starts. */
  runsOnce: boolean
  backOffScale: number
  record: (type: 'Warning', reason: string, message: string) => void
  onWaiting: (reason: string, message: string) => void
}

/**
 * Decides whether and when a container is restarted after it exited or was killed, for example at its memory limit: by
 * the policy of its pod, after a backoff that doubles up to five minutes.
 */
export function createRestartPolicy({ pod, container, runsOnce, backOffScale, record, onWaiting }: Options) {
  const policy = isSidecar(container) ? 'Always' : pod.spec.restartPolicy
  const backoff = createBackoff({
    initialMs: 10_000 / backOffScale,
    maxMs: 300_000 / backOffScale,
    resetAfterMs: 600_000 / backOffScale,
  })
  return {
    mustRestart(exitCode: number): boolean {
      if (policy === 'Never') return false
      return policy === 'OnFailure' || runsOnce ? exitCode !== 0 : true
    },
    /** Resolves when the container may start again, or when the signal aborts. */
    async waitForRestart(signal: AbortSignal): Promise<void> {
      const failedAt = Date.now()
      const delayMs = backoff.delayFor(failedAt)
      if (delayMs > 0) {
        const { name, namespace, uid } = pod.metadata
        const where = `${container.name} in pod ${name}_${namespace}(${uid})`
        record('Warning', 'BackOff', `Back-off restarting failed container ${where}`)
        const message = `back-off ${formatDuration(backoff.current())} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`
        onWaiting('CrashLoopBackOff', message)
        await pause(delayMs, signal)
      }
      backoff.tried(failedAt)
    },
  }
}
