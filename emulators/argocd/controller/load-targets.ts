import type { Application, Source } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { hooksOf } from '../compare/annotations.ts'
import { prepareTarget } from '../compare/prepare-target.ts'
import { type GitSource, SourceError } from '../repositories/create-git-source.ts'
import { parseManifests } from '../repositories/parse-manifests.ts'

/** The desired objects at a commit in Git; hooks are kept separately. */
export type Targets = { revision: string; objects: KubeObject[]; hooks: KubeObject[] }

type Deps = { git: GitSource; cluster: Cluster }

/**
 * Renders an application's source at a revision; returns `known` if it is already of that commit. Throws SourceError
 * with the message that Argo CD shows.
 */
export async function loadTargets(
  { git, cluster }: Deps,
  application: Application,
  source: Source,
  revision: string,
  known?: Targets,
): Promise<Targets> {
  try {
    const sha = await git.resolve(source.repoURL, revision)
    if (known?.revision === sha) return known
    const path = source.path ?? '.'
    const files = await git.readFolder(source.repoURL, sha, path, source.directory?.recurse ?? false)
    const prepared = await Promise.all(
      parseManifests(files).map(async manifest =>
        prepareTarget(manifest, application, await isNamespaced(cluster, manifest)),
      ),
    )
    return {
      revision: sha,
      objects: prepared.filter(object => hooksOf(object).length === 0),
      hooks: prepared.filter(object => hooksOf(object).length > 0),
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const message = `Failed to load target state: failed to generate manifest for source 1 of 1: ${error.message}`
    throw new SourceError(message, { cause: error })
  }
}

// A kind that is unknown to the cluster is treated as namespaced; applying it reports the error.
function isNamespaced(cluster: Cluster, { apiVersion, kind }: KubeObject): Promise<boolean> {
  return cluster.isNamespaced(apiVersion, kind).catch(() => true)
}
