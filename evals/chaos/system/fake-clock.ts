import { existsSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'

/** Where Debian's package `faketime` puts the library, by architecture. */
const LIBRARIES = ['x86_64', 'aarch64'].map(
  machine => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
)

/** The library that changes a process's clock; undefined where Debian's package `faketime` is not installed. */
export function findFaketime(): string | undefined {
  return LIBRARIES.find(library => existsSync(library))
}

/**
 * A clock that can be moved while the process runs. With `isSuspension` the monotonic clock moves along, as it does for nobody
 * but a suspended machine, so such a clock only goes forward until the process is started again.
 */
export function createFakeClock(library: string, file: string, { isSuspension }: { isSuspension: boolean }) {
  return {
    isSuspension,
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: isSuspension ? '0' : '1',
    },
    /** Shifts the clock by so many seconds from the true time; 0 is the true time. */
    async shift(seconds: number) {
      // Replaced at once: the library may read it at any moment.
      await writeFile(`${file}.next`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
      await rename(`${file}.next`, file)
    },
  }
}
