import type { Log } from '@goalixa/chassis/log'
import type { Pod, Volume } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import { materialiseVolumes } from './materialise-volumes.ts'
import type { ReadVolume } from './read-volume.ts'

type Options = {
  pod: Pod
  podDir: string
  read: ReadVolume
  periodMs: number
  signal: AbortSignal
  log: Log
}

/**
 * Updates a pod's volumes from their ConfigMaps and Secrets until the signal is aborted. A volume that cannot be read
 * stays unchanged.
 */
export async function refreshVolumes({ pod, podDir, read, periodMs, signal, log }: Options): Promise<void> {
  if (!pod.spec.volumes?.some(needsRefresh)) return
  while (!signal.aborted) {
    await pause(periodMs, signal)
    if (signal.aborted) return
    await materialiseVolumes({ pod, podDir, read }).catch(error =>
      log.debug({ pod: pod.metadata.name, reason: String(error) }, 'volumes not updated'),
    )
  }
}

function needsRefresh({ configMap, secret, projected }: Volume): boolean {
  return configMap !== undefined || secret !== undefined || projected !== undefined
}
