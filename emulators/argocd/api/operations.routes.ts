import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  type Application,
  automatedOf,
  instanceName,
  isOperating,
  type Operation,
} from '../applications/application.ts'
import { type ArgocdContext, applicationOf } from '../argocd-context.ts'
import { canSync, isActive, windowsFor } from '../projects/sync-windows.ts'
import { failedPrecondition, invalidArgument, permissionDenied } from './grpc-error.ts'
import { readRequest } from './read-request.ts'

type Named = { Params: { name: string } }

const Sync = z.object({
  revision: z.string().optional(),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  strategy: z.object({ apply: z.looseObject({}).nullish(), hook: z.looseObject({}).nullish() }).nullish(),
  resources: z
    .array(
      z.object({
        group: z.string().optional(),
        kind: z.string(),
        name: z.string(),
        namespace: z.string().optional(),
      }),
    )
    .nullish(),
  syncOptions: z.object({ items: z.array(z.string()).nullish() }).nullish(),
  infos: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
})
const Rollback = z.object({
  id: z.number().int().default(0),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
})

/**
 * Serves operations on an application: sync, rollback, terminate, and their preconditions. Source of order and
 * messages: argo-cd `server/application/application.go`.
 */
export function operationsRoutes(app: FastifyInstance, context: ArgocdContext) {
  const { store, controller, projects, now } = context
  const windowsOf = (application: Application) =>
    windowsFor(projects.get(application.spec.project), application)

  async function start(name: string, operation: Operation): Promise<Application | undefined> {
    const application = store.get(name)
    if (application && isOperating(application)) {
      const reason = 'another operation is already in progress'
      throw failedPrecondition(
        `error setting app operation: rpc error: code = FailedPrecondition desc = ${reason}`,
      )
    }
    store.update(name, draft => {
      draft.operation = operation
      delete draft.status.operationState
    })
    await store.flush()
    const accepted = store.get(name)
    controller.operate(name)
    return accepted
  }

  app.post<Named>('/api/v1/applications/:name/sync', request => {
    const application = applicationOf(context, request)
    const body = readRequest(Sync, request.body)
    if (!canSync(windowsOf(application), true, now()))
      throw permissionDenied('cannot sync: blocked by sync window')
    rejectIfDeleting(application)
    const tracked = application.spec.source.targetRevision ?? 'HEAD'
    if (automatedOf(application) && !body.dryRun && body.revision && body.revision !== tracked)
      throw failedPrecondition(`Cannot sync to ${body.revision}: auto-sync currently set to ${tracked}`)
    return start(instanceName(application.metadata), {
      sync: {
        revision: body.revision || undefined,
        prune: body.prune,
        dryRun: body.dryRun,
        syncStrategy: body.strategy?.apply ? { apply: body.strategy.apply } : undefined,
        resources: body.resources ?? undefined,
        syncOptions: body.syncOptions?.items ?? application.spec.syncPolicy?.syncOptions,
      },
      initiatedBy: { username: request.account },
      info: body.infos ?? undefined,
    })
  })

  // As in Argo CD, sync windows are deliberately not checked here: the operation then waits until the window opens.
  app.post<Named>('/api/v1/applications/:name/rollback', request => {
    const application = applicationOf(context, request)
    const { id, prune, dryRun } = readRequest(Rollback, request.body)
    rejectIfDeleting(application)
    if (automatedOf(application))
      throw failedPrecondition('rollback cannot be initiated when auto-sync is enabled')
    const { name, namespace } = application.metadata
    const entry = application.status.history?.find(each => each.id === id)
    if (!entry)
      throw invalidArgument(`application ${namespace}/${name} does not have deployment with id ${id}`)
    return start(instanceName(application.metadata), {
      sync: { revision: entry.revision, source: entry.source, prune, dryRun, syncStrategy: { apply: {} } },
      initiatedBy: { username: request.account },
    })
  })

  app.delete<Named>('/api/v1/applications/:name/operation', async request => {
    const application = applicationOf(context, request)
    // An operation that the controller has not picked up yet does not count.
    if (!application.operation || !application.status.operationState)
      throw invalidArgument('Unable to terminate operation. No operation is in progress')
    const name = instanceName(application.metadata)
    store.update(name, ({ status }) => {
      if (status.operationState) status.operationState.phase = 'Terminating'
    })
    void controller.terminate(name)
    return {}
  })

  app.get<Named>('/api/v1/applications/:name/syncwindows', request => {
    const windows = windowsOf(applicationOf(context, request))
    const active = windows.filter(window => isActive(window, now()))
    return {
      ...(active.length > 0 ? { activeWindows: active } : {}),
      ...(windows.length > 0 ? { assignedWindows: windows } : {}),
      canSync: canSync(windows, true, now()),
    }
  })
}

function rejectIfDeleting({ metadata }: Application): void {
  if (metadata.deletionTimestamp) throw failedPrecondition('application is deleting')
}
