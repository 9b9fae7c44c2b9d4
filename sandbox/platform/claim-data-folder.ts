import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'goalixa-sandbox-'
const OWNER = 'owner.pid'

type Options = { within?: string; isAlive?: (pid: number) => boolean }

/**
 * Creates the data folder of this process, and removes the folders of killed runs. A folder without an owner file (kept
 * with --keep) or of another user stays.
 */
export async function claimDataFolder({ within = tmpdir(), isAlive = isRunning }: Options = {}) {
  const removed: string[] = []
  for (const name of await readdir(within)) {
    const folder = join(within, name)
    if (!name.startsWith(PREFIX) || !(await isAbandoned(folder, isAlive))) continue
    const isGone = await rm(folder, { recursive: true, force: true, maxRetries: 5 }).then(
      () => true,
      () => false,
    )
    if (isGone) removed.push(folder)
  }
  const dataDir = await mkdtemp(join(within, PREFIX))
  // As root, PostgreSQL runs as another user and has to reach its folder in here.
  await chmod(dataDir, 0o711)
  await writeFile(join(dataDir, OWNER), String(process.pid))
  return {
    dataDir,
    removed,
    /** Disowns the folder, so that no later run removes it. */
    keep: () => rm(join(dataDir, OWNER), { force: true }),
    remove: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function isAbandoned(folder: string, isAlive: (pid: number) => boolean): Promise<boolean> {
  const text = await readFile(join(folder, OWNER), 'utf8').catch(() => '')
  const owner = Number(text)
  return Number.isInteger(owner) && owner > 0 && !isAlive(owner)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
