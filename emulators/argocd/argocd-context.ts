import type { FastifyRequest } from 'fastify'
import { notFound, permissionDenied } from './api/grpc-error.ts'
import { type Application, ARGOCD_NAMESPACE, instanceName } from './applications/application.ts'
import type { ApplicationStore } from './applications/create-application-store.ts'
import type { Cluster } from './cluster/create-cluster.ts'
import type { Controller } from './controller/create-controller.ts'
import type { ProjectStore } from './projects/create-project-store.ts'
import type { GitSource } from './repositories/create-git-source.ts'
import type { RepositoryStore } from './repositories/create-repository-store.ts'

/** The dependencies of the routes. */
export type ArgocdContext = {
  store: ApplicationStore
  projects: ProjectStore
  repositories: RepositoryStore
  git: GitSource
  cluster: Cluster
  controller: Controller
  now: () => Date
}

/** The namespace of the application that a request names: in its query or body, else Argo CD's own. */
function namespaceIn({ query, body }: FastifyRequest): string {
  const { appNamespace: queried } = query as { appNamespace?: string }
  const { appNamespace: sent, metadata } = (body ?? {}) as {
    appNamespace?: string
    metadata?: { namespace?: string }
  }
  return queried || sent || metadata?.namespace || ARGOCD_NAMESPACE
}

/**
 * Returns the application in the path of a request. If there is none, throws 403, or 404 if the request names its
 * project.
 */
export function applicationOf({ store }: ArgocdContext, request: FastifyRequest): Application {
  const { name } = request.params as { name: string }
  const { project } = request.query as { project?: string }
  const application = store.get(instanceName({ namespace: namespaceIn(request), name }))
  if (application && (!project || application.spec.project === project)) return application
  throw project ? notFound(`applications.argoproj.io "${name}" not found`) : permissionDenied()
}
