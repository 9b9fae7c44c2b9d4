import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** An image on this machine: a command, its environment, and modules that Node loads before it. */
export type ImageSpec = { command: string[]; env?: Record<string, string>; preload?: string[] }

/**
 * Pushes an image to the local registry, for example `harbor.goalixa.com/goalixa/core:1.4.0`. Replaces it atomically.
 */
export async function publishImage(imagesDir: string, reference: string, image: ImageSpec): Promise<void> {
  const [repository, tag] = split(reference)
  const file = join(imagesDir, repository, `${tag}.json`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(image, null, 2))
  await rename(`${file}.new`, file)
}

function split(reference: string): [repository: string, tag: string] {
  const colon = reference.lastIndexOf(':')
  if (colon <= reference.lastIndexOf('/'))
    throw new Error(`"${reference}" has no tag; expected registry/repository:tag`)
  return [reference.slice(0, colon), reference.slice(colon + 1)]
}
