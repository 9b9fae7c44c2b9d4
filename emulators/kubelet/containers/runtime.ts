import type { Log } from '@goalixa/chassis/log'
import type { Container, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import type { RecordEvent } from '../events/create-event-recorder.ts'
import type { ImageStore } from '../images/create-image-store.ts'
import type { Stats } from '../stats/create-stats.ts'
import type { OrphanKiller } from './create-orphan-killer.ts'
import type { HostEnvironment } from './resolve-launch.ts'

/** The dependencies that all containers of this node share. */
export type Runtime = {
  images: ImageStore
  record: RecordEvent
  orphanKiller: OrphanKiller
  stats: Stats
  /** Returns the variables of a container from the pod's spec; throws ExpectedError for a missing object or key. */
  environmentOf: (pod: Pod, container: Container, podIp: string) => Promise<Record<string, string>>
  host: HostEnvironment
  repositoryRoot: string
  logsDir: string
  dns: { preload: string; file: string }
  /** Divides every backoff and retry delay. */
  backOffScale: number
  log: Log
}

/** Aborted when the pod has to stop; its processes then have `graceMs`. */
export type Stopping = { signal: AbortSignal; graceMs: () => number }
