import { randomUUID } from 'node:crypto'
import { mergePatch } from '@goalixa/emulators-shared/json/merge-patch'
import fastJsonPatch from 'fast-json-patch'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Application, ARGOCD_NAMESPACE, instanceName } from '../applications/application.ts'
import { type ArgocdContext, applicationOf } from '../argocd-context.ts'
import { trackedBy } from '../compare/annotations.ts'
import { NewApplication, SubmittedSpec } from './application-schema.ts'
import { GrpcError, invalidArgument } from './grpc-error.ts'
import { readRequest } from './read-request.ts'
import { validateSpec } from './validate-spec.ts'

type Named = { Params: { name: string } }
const Flag = z.enum(['true', 'false']).optional()
const CreateQuery = z.object({ upsert: Flag, validate: Flag })
const ChangeQuery = z.object({ validate: Flag })
const ListQuery = z.object({
  project: z.union([z.string(), z.array(z.string())]).optional(),
  projects: z.union([z.string(), z.array(z.string())]).optional(),
  selector: z.string().optional(),
  refresh: z.string().optional(),
})
const Patch = z.object({ patch: z.string(), patchType: z.string().optional() })

/** Serves applications: create, list, read (with refresh), change, delete. */
export function applicationsRoutes(app: FastifyInstance, context: ArgocdContext) {
  const { store, controller, cluster } = context

  app.get('/api/v1/applications', request => {
    const { project, projects, selector } = readRequest(ListQuery, request.query)
    const wanted = [project ?? [], projects ?? []].flat()
    const items = store
      .list()
      .filter(({ spec }) => wanted.length === 0 || wanted.includes(spec.project))
      .filter(({ metadata }) => !selector || matchesSelector(metadata.labels ?? {}, selector))
    return { metadata: { resourceVersion: '' }, items: items.length > 0 ? items.map(asStored) : null }
  })

  app.post('/api/v1/applications', async request => {
    const wanted = readRequest(NewApplication, request.body)
    const { upsert, validate } = readRequest(CreateQuery, request.query)
    const name = instanceName({ namespace: ARGOCD_NAMESPACE, ...wanted.metadata })
    const known = store.get(name)
    if (known && JSON.stringify(known.spec) === JSON.stringify(wanted.spec)) return known
    if (known && upsert !== 'true')
      throw invalidArgument('existing application spec is different, use upsert flag to force update')
    if (validate !== 'false') await validateSpec(context, name, wanted.spec)
    if (known) store.update(name, draft => Object.assign(draft, { spec: wanted.spec }))
    else store.add(newApplication(wanted, context.now()))
    await store.flush()
    void controller.refresh(name)
    return store.get(name)
  })

  app.get<Named & { Querystring: { refresh?: string } }>('/api/v1/applications/:name', async request => {
    const name = instanceName(applicationOf(context, request).metadata)
    const { refresh } = request.query
    if (refresh === 'hard') controller.forget(name)
    if (refresh === 'hard' || refresh === 'normal') await controller.refresh(name)
    return applicationOf(context, request)
  })

  async function change(
    name: string,
    draftOf: (current: Application) => unknown,
    isValidated = true,
  ): Promise<Application | undefined> {
    const current = store.get(name)
    if (!current) return undefined
    const { metadata, spec } = readRequest(NewApplication, draftOf(current))
    // Argo CD renders the manifests at every change, also of an annotation.
    if (isValidated) await validateSpec(context, name, spec)
    store.update(name, draft => {
      draft.spec = spec
      const { labels, annotations, finalizers } = metadata
      Object.assign(draft.metadata, { labels, annotations, finalizers })
    })
    await store.flush()
    controller.enqueue(name)
    return store.get(name)
  }

  app.patch<Named>('/api/v1/applications/:name', request => {
    const name = instanceName(applicationOf(context, request).metadata)
    const { patch, patchType = 'json' } = readRequest(Patch, request.body)
    return change(name, current => patched(current, patch, patchType))
  })
  app.put<Named>('/api/v1/applications/:name', request => {
    const name = instanceName(applicationOf(context, request).metadata)
    return change(name, () => request.body, readRequest(ChangeQuery, request.query).validate !== 'false')
  })
  app.put<Named>('/api/v1/applications/:name/spec', async request => {
    const name = instanceName(applicationOf(context, request).metadata)
    const spec = readRequest(SubmittedSpec, request.body)
    return (await change(name, current => ({ ...current, spec })))?.spec
  })

  app.delete<Named & { Querystring: { cascade?: string } }>('/api/v1/applications/:name', async request => {
    const name = instanceName(applicationOf(context, request).metadata)
    store.update(name, ({ metadata }) => {
      metadata.deletionTimestamp = context.now().toISOString()
    })
    await controller.terminate(name)
    if (request.query.cascade !== 'false') {
      const owned = cluster
        .list()
        .filter(object => trackedBy(object) === name && !object.metadata.ownerReferences?.length)
      await Promise.all(owned.map(object => cluster.remove(object).catch(() => {})))
    }
    store.remove(name)
    await store.flush()
    return {}
  })
}

// The health of resources is not stored with the application (`controller.resource.health.persist` is off by default).
function asStored(application: Application): Application {
  const resources = application.status.resources?.map(({ health: _health, ...rest }) => rest)
  return resources ? { ...application, status: { ...application.status, resources } } : application
}

function newApplication({ metadata, spec }: NewApplication, now: Date): Application {
  const at = now.toISOString()
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      ...metadata,
      namespace: metadata.namespace ?? ARGOCD_NAMESPACE,
      uid: randomUUID(),
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: at,
    },
    spec,
    status: {
      sync: { status: 'Unknown', comparedTo: { source: spec.source, destination: spec.destination } },
      health: { status: 'Unknown', lastTransitionTime: at },
      summary: {},
    },
  }
}

function patched(current: Application, patch: string, patchType: string): unknown {
  const document = parsePatch(patch)
  if (patchType === 'merge') return mergePatch(current, document)
  if (patchType !== 'json') throw invalidArgument(`Patch type '${patchType}' is not supported`)
  if (!Array.isArray(document))
    throw new GrpcError(13, 'error decoding json patch: expected a list of operations')
  try {
    return fastJsonPatch.applyPatch(structuredClone(current), document, true).newDocument
  } catch (error) {
    throw new GrpcError(
      13,
      `error applying patch: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    )
  }
}

function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidArgument('error decoding patch: expected JSON')
  }
}

function matchesSelector(labels: Record<string, string>, selector: string): boolean {
  return selector.split(',').every(part => {
    const [, name = '', operator = '', value = ''] = /^([^=!]+)(!=|==?)?(.*)$/.exec(part.trim()) ?? []
    if (operator === '') return name in labels
    return operator === '!=' ? labels[name] !== value : labels[name] === value
  })
}
