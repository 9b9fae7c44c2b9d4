import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import type { PulledImage } from '../images/create-image-store.ts'
import { formatDuration } from './format-duration.ts'
import type { Runtime } from './runtime.ts'

type Options = {
  pod: Pod
  container: Container
  runtime: Runtime
  record: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  onWaiting: (reason: string, message: string) => void
  signal: AbortSignal
}

/** Pulls a container's image, retrying with backoff until it succeeds; undefined if the signal is aborted first. */
export async function pullImage(options: Options): Promise<PulledImage | undefined> {
  const { container, runtime, record, onWaiting, signal } = options
  const name = `"${container.image}"`
  for (let delayMs = 10_000; !signal.aborted; delayMs = Math.min(delayMs * 2, 300_000)) {
    try {
      return await pullOnce(options)
    } catch (error) {
      if (!(error instanceof ExpectedError)) throw error
      const reason = REASONS[error.code] ?? 'ErrImagePull'
      if (reason === 'ErrImagePull')
        record('Warning', 'Failed', `Failed to pull image ${name}: ${error.message}`)
      else record('Warning', EVENTS[reason] ?? reason, error.message)
      record('Warning', 'Failed', `Error: ${reason}`)
      onWaiting(reason, error.message)
      if (reason !== 'ErrImagePull') {
        // Nothing was pulled, so there is no backoff; the next sync of the pod checks again.
        await pause(SYNC_MS / runtime.backOffScale, signal)
        continue
      }
    }
    const scaledMs = delayMs / runtime.backOffScale
    // A real kubelet shows the error itself until the next sync of the pod.
    const shownMs = Math.min(2_000, scaledMs / 2)
    await pause(shownMs, signal)
    if (signal.aborted) return undefined
    record('Normal', 'BackOff', `Back-off pulling image ${name}`)
    record('Warning', 'Failed', 'Error: ImagePullBackOff')
    onWaiting(
      'ImagePullBackOff',
      `Back-off pulling image ${name} (next try in ${formatDuration(scaledMs - shownMs)})`,
    )
    await pause(scaledMs - shownMs, signal)
  }
  return undefined
}

const SYNC_MS = 10_000
const EVENTS: Record<string, string> = { InvalidImageName: 'InspectFailed' }
const REASONS: Record<string, string> = {
  INVALID_IMAGE_NAME: 'InvalidImageName',
  NEVER_PULL: 'ErrImageNeverPull',
}

// Source: https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
async function pullOnce({ container, runtime, record }: Options): Promise<PulledImage> {
  const reference = container.image ?? ''
  const isLatest = /(?:^|\/)[^:]+$|:latest$/.test(reference)
  const policy = container.imagePullPolicy ?? (isLatest ? 'Always' : 'IfNotPresent')
  const cached = runtime.images.cached(reference)
  if (cached && policy !== 'Always') {
    record('Normal', 'Pulled', `Container image "${reference}" already present on machine`)
    return cached
  }
  if (policy === 'Never')
    throw new ExpectedError(
      'missing',
      'NEVER_PULL',
      `Container image "${reference}" is not present with pull policy of Never`,
    )
  record('Normal', 'Pulling', `Pulling image "${reference}"`)
  const startedAt = performance.now()
  const pulled = await runtime.images.pull(reference)
  const took = formatDuration(performance.now() - startedAt)
  record(
    'Normal',
    'Pulled',
    `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${pulled.sizeBytes} bytes.`,
  )
  return pulled
}
