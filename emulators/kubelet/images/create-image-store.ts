import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { Image } from './image.schema.ts'
import { type ImageReference, parseImageReference } from './parse-image-reference.ts'

/** An image on this node, with the id that the container status shows. */
export type PulledImage = { image: Image; imageId: string; sizeBytes: number }

/**
 * Creates the node's image store. `pull` reads the registry's file again; `cached` returns an image pulled before. Both
 * throw `invalid` INVALID_IMAGE_NAME; `pull` throws `missing` MANIFEST_UNKNOWN and `invalid` BAD_MANIFEST.
 */
export function createImageStore({ imagesDir }: { imagesDir: string }) {
  const pulled = new Map<string, PulledImage>()
  return {
    cached: (reference: string) => pulled.get(parse(reference).name),
    async pull(reference: string): Promise<PulledImage> {
      const name = parse(reference)
      const text = await readFile(fileOf(imagesDir, name), 'utf8').catch(cause =>
        unknownManifest(name, cause),
      )
      const digest = createHash('sha256').update(text).digest('hex')
      const image = {
        image: manifestOf(name, text),
        imageId: `${name.registry}/${name.repository}@sha256:${digest}`,
        sizeBytes: Buffer.byteLength(text),
      }
      pulled.set(name.name, image)
      return image
    },
  }
}
export type ImageStore = ReturnType<typeof createImageStore>

function parse(reference: string): ImageReference {
  const parsed = parseImageReference(reference)
  if (parsed) return parsed
  throw new ExpectedError(
    'invalid',
    'INVALID_IMAGE_NAME',
    `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`,
  )
}

function fileOf(imagesDir: string, { registry, repository, tag }: ImageReference): string {
  return join(imagesDir, registry, repository, `${tag}.json`)
}

function unknownManifest({ name, registry, repository, tag }: ImageReference, cause: unknown): never {
  throw new ExpectedError(
    'missing',
    'MANIFEST_UNKNOWN',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": manifest unknown: ${registry}/${repository} has no tag ${tag}`,
    { cause },
  )
}

function manifestOf({ name }: ImageReference, text: string): Image {
  try {
    return Image.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON'
    throw new ExpectedError(
      'invalid',
      'BAD_MANIFEST',
      `rpc error: code = Unknown desc = bad manifest of "${name}": ${why}`,
      { cause },
    )
  }
}
