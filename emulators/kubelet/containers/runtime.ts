import type { Log } from '@goalixa/chassis/log'
import type { Container, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import type { RecordEvent } from '../events/create-event-recorder.ts'
import type { ImageStore } from '../images/create-image-store.ts'
import type { Stats } from '../stats/create-stats.ts'
import type { Watchdog } from './create-watchdog.ts'
import type { HostEnvironment } from './resolve-launch.ts'

/** What every container of this node is run with. */
export type Runtime = {
  images: ImageStore
  record: RecordEvent
  watchdog: Watchdog
  stats: Stats
  /** The variables that the pod's spec gives to a container; throws ExpectedError for what is missing. */
  environmentOf: (pod: Pod, container: Container, podIp: string) => Promise<Record<string, string>>
  host: HostEnvironment
  repositoryRoot: string
  logsDir: string
  dns: { preload: string; file: string }
  /** Divides every back-off and retry delay. */
  backOffScale: number
  log: Log
}

/** Aborted when the pod shall end; `graceMs` is then how long its processes may take. */
export type Stopping = { signal: AbortSignal; graceMs: () => number }
