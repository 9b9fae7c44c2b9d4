import { execFile, spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The space that PostgreSQL has: enough for a run. */
const DISK = '1000m'

/** Mounts a small file system that a fault can fill; undefined where this process may not mount one. */
export async function mountSmallDisk(dataDir: string) {
  const folder = join(dataDir, 'disk')
  await mkdir(folder, { mode: 0o711 })
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=711`, 'tmpfs', folder])
  } catch {
    return undefined
  }
  // Also where the run itself fails: a mount would outlive it.
  const unmountAtExit = () => void spawnSync('umount', ['--lazy', folder])
  process.once('exit', unmountAtExit)
  return {
    folder,
    filler: join(folder, 'filler'),
    /** Lazily: a process that is being stopped may still have files open. */
    async unmount() {
      process.off('exit', unmountAtExit)
      await run('umount', ['--lazy', folder]).catch(() => undefined)
    },
  }
}
