import { access, constants, statfs } from 'node:fs/promises'

/** A run writes about a third of this: databases, metrics, logs and repositories. */
const NEEDED_MEGABYTES = 700

/** Throws if a folder can not hold a run's data, for want of rights or of room, before anything is started. */
export async function assertRoom(folder: string, neededMegabytes = NEEDED_MEGABYTES): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK).catch(cause => {
    throw new Error(`You may not write to ${folder}. Set TMPDIR to a folder of your own.`, { cause })
  })
  const { bavail, bsize } = await statfs(folder)
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2)
  if (megabytes >= neededMegabytes) return
  throw new Error(
    `Only ${megabytes} MB are free in ${folder}; a run needs ${neededMegabytes} MB. Make room, or set TMPDIR to another folder.`,
  )
}
