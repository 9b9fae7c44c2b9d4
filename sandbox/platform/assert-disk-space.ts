import { access, constants, statfs } from 'node:fs/promises'

/** A run writes about a third of this: databases, metrics, logs and repositories. */
const NEEDED_MEGABYTES = 700

/** Throws if a folder lacks the permissions or the space for a run. */
export async function assertDiskSpace(folder: string, neededMegabytes = NEEDED_MEGABYTES): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK).catch(cause => {
    throw new Error(`The folder ${folder} is not writable. Set TMPDIR to a folder that is.`, { cause })
  })
  const { bavail, bsize } = await statfs(folder)
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2)
  if (megabytes >= neededMegabytes) return
  throw new Error(
    `The folder ${folder} has ${megabytes} MB of free space; a run needs ${neededMegabytes} MB. Free some space, or set TMPDIR to another folder.`,
  )
}
