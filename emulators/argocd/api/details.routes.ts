import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Application } from '../applications/application.ts'
import { type ArgocdContext, applicationOf } from '../argocd-context.ts'
import { type KubeObject, keyOf } from '../cluster/kube-object.ts'
import { compareObjects } from '../compare/compare-objects.ts'
import { buildTree } from '../controller/build-tree.ts'
import { loadTargets, type Targets } from '../controller/load-targets.ts'
import { managedObjects, watchKinds } from '../controller/managed-objects.ts'
import { SourceError } from '../repositories/create-git-source.ts'
import { GrpcError, notFound } from './grpc-error.ts'
import { maskSecrets } from './mask-secrets.ts'
import { readRequest } from './read-request.ts'

type Named = { Params: { name: string } }

const ResourceQuery = z.object({
  name: z.string().optional(),
  namespace: z.string().optional(),
  group: z.string().optional(),
  kind: z.string().optional(),
})

/** Serves the details of an application: live and desired state, resource tree, manifests and revisions. */
export function detailsRoutes(app: FastifyInstance, context: ArgocdContext) {
  const { cluster, git } = context

  const targetsAt = (application: Application, revision: string): Promise<Targets> =>
    loadTargets(context, application, application.spec.source, revision).catch(error => {
      throw error instanceof SourceError ? new GrpcError(2, error.message) : error
    })
  const wanted = ({ spec, status }: Application) =>
    status.sync.revision ?? spec.source.targetRevision ?? 'HEAD'

  app.get<Named>('/api/v1/applications/:name/managed-resources', async request => {
    const application = applicationOf(context, request)
    const query = readRequest(ResourceQuery, request.query)
    // Without a comparison Argo CD has no targets, and lists every object as if it were to be pruned.
    const isCompared = application.status.sync.status !== 'Unknown'
    const objects = isCompared ? (await targetsAt(application, wanted(application))).objects : []
    await watchKinds(cluster, application, objects)
    const live = managedObjects(cluster, application, objects).filter(
      ({ metadata }) => !metadata.ownerReferences?.length,
    )
    const comparisons = compareObjects(objects, live, application.spec.ignoreDifferences)
    const items = comparisons
      .filter(({ key }) =>
        Object.entries(query).every(([field, value]) => !value || key[field as keyof typeof key] === value),
      )
      .map(({ key, target, live: object, predicted }) => {
        const [shownTarget, shownLive, shownPredicted] = maskSecrets([target, object, predicted])
        return {
          ...key,
          targetState: textOf(shownTarget),
          liveState: textOf(shownLive),
          normalizedLiveState: textOf(stripManagedFields(shownLive)),
          predictedLiveState: textOf(stripManagedFields(shownPredicted)),
          ...(object?.metadata.resourceVersion ? { resourceVersion: object.metadata.resourceVersion } : {}),
        }
      })
    return { items }
  })

  app.get<Named>('/api/v1/applications/:name/resource-tree', async request => {
    const application = applicationOf(context, request)
    const { resources = [] } = application.status
    const keys = new Set(
      resources.map(({ group = '', kind, namespace = '', name }) =>
        JSON.stringify({ group, kind, namespace, name }),
      ),
    )
    const roots = cluster.list().filter(object => keys.has(JSON.stringify(keyOf(object))))
    return { nodes: buildTree(roots, cluster.list()), orphanedNodes: [] }
  })

  app.get<Named & { Querystring: { revision?: string } }>(
    '/api/v1/applications/:name/manifests',
    async request => {
      const application = applicationOf(context, request)
      const { revision, objects, hooks } = await targetsAt(
        application,
        request.query.revision || wanted(application),
      )
      return {
        manifests: [...objects, ...hooks].map(object => JSON.stringify(maskSecrets([object])[0])),
        namespace: application.spec.destination.namespace ?? '',
        server: application.spec.destination.server ?? '',
        revision,
        sourceType: 'Directory',
      }
    },
  )

  app.get<{ Params: { name: string; revision: string } }>(
    '/api/v1/applications/:name/revisions/:revision/metadata',
    async request => {
      const { spec } = applicationOf(context, request)
      const { repoURL } = spec.source
      try {
        return await git.readMetadata(repoURL, await git.resolve(repoURL, request.params.revision))
      } catch (error) {
        if (error instanceof SourceError) throw notFound(error.message)
        throw error
      }
    },
  )
}

// A missing state is the text `null`, as Argo CD's server writes it.
function textOf(object: KubeObject | null | undefined): string {
  return JSON.stringify(object ?? null)
}

function stripManagedFields(object: KubeObject | null | undefined): KubeObject | null {
  if (!object) return null
  const { managedFields: _owners, ...metadata } = object.metadata
  return { ...object, metadata: metadata as KubeObject['metadata'] }
}
