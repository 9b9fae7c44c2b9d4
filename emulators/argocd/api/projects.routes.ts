import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { instanceName } from '../applications/application.ts'
import type { ArgocdContext } from '../argocd-context.ts'
import type { Project, SyncWindow } from '../projects/project.ts'
import { durationMs, isActive } from '../projects/sync-windows.ts'
import { failedPrecondition, GrpcError, invalidArgument, notFound } from './grpc-error.ts'
import { readRequest } from './read-request.ts'

type Named = { Params: { name: string } }

const names = z.array(z.string()).optional()
const Window = z.object({
  kind: z.enum(['allow', 'deny']),
  schedule: z.string(),
  duration: z.string(),
  applications: names,
  namespaces: names,
  clusters: names,
  manualSync: z.boolean().optional(),
  timeZone: z.string().optional(),
  andOperator: z.boolean().optional(),
})
const NewProject = z.object({
  project: z.object({
    metadata: z.object({ name: z.string().regex(/^[a-z0-9][-a-z0-9.]*$/, 'expected a DNS name') }),
    spec: z.looseObject({
      sourceRepos: names,
      destinations: z
        .array(z.looseObject({ server: z.string().optional(), namespace: z.string().optional() }))
        .optional(),
      syncWindows: z.array(Window).nullish(),
      description: z.string().optional(),
    }),
  }),
  upsert: z.boolean().optional(),
})

/** Serves projects, which contain the sync windows. */
export function projectsRoutes(app: FastifyInstance, { projects, store, controller, now }: ArgocdContext) {
  const find = (name: string): Project => {
    const project = projects.get(name)
    if (!project) throw notFound(`appprojects.argoproj.io "${name}" not found`)
    return project
  }
  const put = async (name: string, spec: z.infer<typeof NewProject>['project']['spec']) => {
    const windows = spec.syncWindows ?? undefined
    for (const window of windows ?? []) requireWindow(window, now())
    const project = await projects.put(name, { ...spec, syncWindows: windows })
    for (const { metadata, spec: own } of store.list())
      if (own.project === name) controller.enqueue(instanceName(metadata))
    return project
  }

  app.get('/api/v1/projects', () => ({ metadata: {}, items: projects.list() }))
  app.get<Named>('/api/v1/projects/:name', request => find(request.params.name))
  app.post('/api/v1/projects', request => {
    const { project, upsert } = readRequest(NewProject, request.body)
    const { name } = project.metadata
    const known = projects.get(name)
    if (known && !upsert && JSON.stringify(known.spec) !== JSON.stringify(project.spec))
      throw new GrpcError(6, 'existing project spec is different, use upsert flag to force update')
    return put(name, project.spec)
  })
  app.put<Named>('/api/v1/projects/:name', request => {
    const { project } = readRequest(NewProject, request.body)
    find(request.params.name)
    return put(request.params.name, project.spec)
  })
  app.delete<Named>('/api/v1/projects/:name', async request => {
    const { name } = request.params
    find(name)
    const users = store.list().filter(({ spec }) => spec.project === name)
    if (users.length > 0) throw failedPrecondition(`project is referenced by ${users.length} applications`)
    await projects.remove(name)
    return {}
  })
  app.get<Named>('/api/v1/projects/:name/syncwindows', request => {
    const windows = find(request.params.name).spec.syncWindows ?? []
    return { windows: windows.filter(window => isActive(window, now())) }
  })
}

function requireWindow(window: SyncWindow, now: Date): void {
  try {
    durationMs(window.duration)
    isActive(window, now)
  } catch (error) {
    throw invalidArgument(
      `cannot parse sync window '${window.schedule}' ${error instanceof Error ? error.message : ''}`,
    )
  }
}
