import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { publishImage } from '../platform/publish-image.ts'
import { APPS, commandOf, imageOf } from '../platform/settings.ts'
import { defineFault } from './fault.ts'

/** A change through Git: a new image, edited manifests, or both in one commit. */
export const commitFault = defineFault({
  params: z.strictObject({
    message: z.string(),
    author: z.string().default('Dana Developer'),
    release: z
      .strictObject({
        service: z.enum(APPS),
        version: z.string(),
        /** A file of sandbox/faults/behaviours; without it, the release behaves like the previous one. */
        behaves: z.string().optional(),
        /** False if the image is not pushed to the registry. */
        published: z.boolean().default(true),
      })
      .optional(),
    edits: z.array(z.strictObject({ file: z.string(), find: z.string(), replace: z.string() })).default([]),
  }),
  async inject({ message, author, release, edits }, { cluster, delivery }) {
    if (release?.published) {
      const preload = release.behaves
        ? [fileURLToPath(new URL(`./behaviours/${release.behaves}.ts`, import.meta.url))]
        : []
      await publishImage(cluster.imagesDir, imageOf(release.service, release.version), {
        command: commandOf(release.service),
        preload,
      })
    }
    const changes = edits.map(({ file, find, replace }) => [file, swap(file, find, replace)] as const)
    if (release) {
      const file = `production/${release.service}/deployment.yaml`
      changes.push([
        file,
        text => text.replace(/image: \S+/, `image: ${imageOf(release.service, release.version)}`),
      ])
    }
    const files: Record<string, (text: string) => string> = {}
    for (const [file, edit] of changes) {
      const earlier = files[file]
      files[file] = earlier ? text => edit(earlier(text)) : edit
    }
    const email = `${author.toLowerCase().replaceAll(' ', '.')}@goalixa.com`
    await delivery.repository.commit({ message, author: { name: author, email }, files })
  },
})

function swap(file: string, find: string, replace: string) {
  return (text: string) => {
    if (!text.includes(find))
      throw new Error(`${file} does not contain ${JSON.stringify(find)}; the fault cannot be injected.`)
    return text.replace(find, replace)
  }
}
