import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { KubeObject } from '../cluster/kube-object.ts'
import { type ManifestFile, SourceError } from './create-git-source.ts'

const Manifest = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().nullish() }),
})

/**
 * Parses plain manifest files (YAML with any number of documents, JSON, and lists). A YAML file that does not look like a manifest is
 * skipped. Throws SourceError.
 */
export function parseManifests(files: ManifestFile[]): KubeObject[] {
  const kustomization = files.find(({ path }) => /(^|\/)kustomization\.ya?ml$/.test(path))
  if (kustomization)
    throw new SourceError(
      'rpc error: code = Unimplemented desc = Kustomize is not supported by this emulator: commit the rendered manifests',
    )
  return files.flatMap(objectsIn)
}

function objectsIn(file: ManifestFile): KubeObject[] {
  const objects: KubeObject[] = []
  try {
    for (const document of documentsOf(file)) objects.push(...objectsOf(document, file.path))
  } catch (error) {
    if (objects.length > 0 || looksLikeManifest(file)) throw error
    return []
  }
  return objects
}

/** By three words, wherever they are, as Argo CD decides it (`reposerver/repository`); of JSON it expects an object. */
function looksLikeManifest({ path, text }: ManifestFile): boolean {
  return path.endsWith('.json') || ['apiVersion:', 'kind:', 'metadata:'].every(word => text.includes(word))
}

function* documentsOf({ path, text }: ManifestFile): Generator<unknown> {
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors
    if (error)
      throw manifestError(path, `error converting YAML to JSON: yaml: ${error.message.split('\n')[0]}`)
    yield document.toJS({ maxAliasCount: 100 })
  }
}

function objectsOf(document: unknown, path: string): KubeObject[] {
  if (document === null || document === undefined) return []
  const list = z.looseObject({ kind: z.literal('List'), items: z.array(z.unknown()) }).safeParse(document)
  if (list.success) return list.data.items.flatMap(item => objectsOf(item, path))
  const parsed = Manifest.safeParse(document)
  if (parsed.success) return [parsed.data as KubeObject]
  const [issue] = parsed.error.issues
  throw manifestError(path, `Object '${issue?.path.join('.') || 'Kind'}' is missing or malformed`)
}

function manifestError(path: string, reason: string): SourceError {
  return new SourceError(
    `rpc error: code = FailedPrecondition desc = Failed to unmarshal "${path}": failed to unmarshal manifest: ${reason}`,
  )
}
