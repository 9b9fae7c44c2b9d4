import { megabytes } from '../../megabytes.ts'
import { readWorkerManifest } from '../../read-worker-manifest.ts'
import type { Check } from './check.ts'

export const memoryBounded: Check = {
  name: 'memory-bounded',
  promise: "no worker ever held more memory than its manifest's limit",
  async run({ system: { workers } }) {
    const { memoryLimitBytes } = await readWorkerManifest()
    return {
      // Only Linux reports the peak memory of a process.
      checked: workers.filter(({ process }) => process.peakBytes() > 0).length,
      violations: workers
        .filter(({ process }) => process.peakBytes() > memoryLimitBytes)
        .map(({ name, process }) => ({
          id: name,
          message: `${name} held ${megabytes(process.peakBytes())}, and its limit is ${megabytes(memoryLimitBytes)}`,
          lookAt: process.logFile,
        })),
    }
  },
}
