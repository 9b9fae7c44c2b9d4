import type { ApplicationSpec } from '../applications/application.ts'
import type { ArgocdContext } from '../argocd-context.ts'
import { type ManifestFile, SourceError } from '../repositories/create-git-source.ts'
import { parseManifests } from '../repositories/parse-manifests.ts'
import { invalidArgument } from './grpc-error.ts'

/** Rejects a spec whose project, repository or path does not exist, or whose manifests cannot be read, with Argo CD's messages. */
export async function validateSpec(
  { projects, git }: ArgocdContext,
  name: string,
  spec: ApplicationSpec,
): Promise<void> {
  if (!projects.get(spec.project))
    throw invalidArgument(`application references project ${spec.project} which does not exist`)
  const { repoURL, path = '.', targetRevision = 'HEAD', directory } = spec.source
  let manifests: ManifestFile[]
  try {
    const sha = await git.resolve(repoURL, targetRevision)
    manifests = await git.readFolder(repoURL, sha, path, directory?.recurse ?? false)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw invalidArgument(
      `application spec for ${name} is invalid: InvalidSpecError: repository not accessible: ${error.message}`,
    )
  }
  try {
    parseManifests(manifests)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw invalidArgument(
      `application spec for ${name} is invalid: InvalidSpecError: Unable to generate manifests in ${path}: ${error.message}`,
    )
  }
}
