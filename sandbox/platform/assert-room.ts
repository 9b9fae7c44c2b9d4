import { statfs } from 'node:fs/promises'

/** A run writes about a third of this: databases, metrics, logs and repositories. */
const NEEDED_MEGABYTES = 700

/** Throws if the file system of a folder has too little room for a run, before anything is started. */
export async function assertRoom(folder: string, neededMegabytes = NEEDED_MEGABYTES): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2)
  if (megabytes >= neededMegabytes) return
  throw new Error(
    `Only ${megabytes} MB are free in ${folder}; a run needs ${neededMegabytes} MB. Make room, or set TMPDIR to another folder.`,
  )
}
