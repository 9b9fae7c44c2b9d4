import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Connection } from '../../connections/connection.ts'
import { createJsonApi } from '../../http/json-api.ts'
import { tolerantArray } from '../../http/tolerant-array.ts'
import type { WriteCall } from '../../write-call.ts'
import { splitName } from './qualified-name.ts'
import { RawApplication } from './raw-application.ts'

export type PatchOperation =
  | { op: 'add' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }

/** Argo CD's REST API. Argo CD answers 403 also for an application that does not exist. */
export function createArgocdClient(connection: Connection | undefined) {
  const api = createJsonApi({
    system: 'Argo CD',
    prefix: 'ARGOCD',
    connection,
    failureOf: (status, body) => {
      const failure = Failure.safeParse(body).data
      return failure === undefined ? undefined : refusalOf(status, failure)
    },
  })
  const pathOf = (app: string, rest = '') =>
    `api/v1/applications/${encodeURIComponent(splitName(app).name)}${rest}`
  const inNamespace = (app: string) => ({ appNamespace: splitName(app).appNamespace })

  return {
    async listApps(signal: AbortSignal) {
      const { items } = await api.get('api/v1/applications', AppList, signal)
      return items ?? []
    },
    async listClusters(signal: AbortSignal) {
      const { items } = await api.get('api/v1/clusters', ClusterList, signal)
      return items ?? []
    },
    getApp: (app: string, signal: AbortSignal) =>
      api.get(pathOf(app), RawApplication, signal, inNamespace(app)),
    /** Makes Argo CD compare with Git now. It is a GET, but it annotates the application. */
    refresh: (app: string, call: WriteCall) =>
      api.send('GET', pathOf(app), RawApplication, call, {
        query: { refresh: 'normal', ...inNamespace(app) },
      }),
    read: <S extends z.ZodType>(app: string, path: string, schema: S, signal: AbortSignal) =>
      api.get(pathOf(app, `/${path}`), schema, signal, inNamespace(app)),
    rollback: (app: string, id: number, call: WriteCall) =>
      api.send('POST', pathOf(app, '/rollback'), z.unknown(), call, {
        body: { ...splitName(app), id, prune: false, dryRun: false },
      }),
    sync: (app: string, body: Record<string, unknown>, call: WriteCall) =>
      api.send('POST', pathOf(app, '/sync'), z.unknown(), call, { body: { ...splitName(app), ...body } }),
    /** Requests the end of the running operation, whoever started it. Throws `conflict` NO_OPERATION where none is running. */
    terminate: (app: string, call: WriteCall) =>
      // Argo CD answers 415 to a DELETE without a JSON body.
      api.send('DELETE', pathOf(app, '/operation'), z.unknown(), call, { query: inNamespace(app), body: {} }),
    /** The account of our token, as Argo CD writes it into `initiatedBy`. */
    username: async (signal: AbortSignal) =>
      (await api.get('api/v1/session/userinfo', UserInfo, signal)).username ?? null,
    /**
     * Replaces spec, labels, annotations and finalizers without rendering them, and without a precondition: Argo CD refuses a patch while
     * Git cannot be read or rendered. It finds the application by its metadata.
     */
    replaceApp: ({ metadata, spec }: RawApplication, call: WriteCall) =>
      api.send('PUT', pathOf(metadata.name), z.unknown(), call, {
        query: { validate: 'false' },
        body: { metadata, spec },
      }),
    /** Applies a JSON patch to spec and metadata. If a test in it fails, Argo CD answers 500. Throws `invalid` ARGOCD_INVALID while Git cannot be rendered. */
    patchApp: (app: string, patch: PatchOperation[], call: WriteCall) =>
      api.send('PATCH', pathOf(app), z.unknown(), call, {
        body: { ...splitName(app), patch: JSON.stringify(patch), patchType: 'json' },
      }),
  }
}
export type ArgocdClient = ReturnType<typeof createArgocdClient>

// gRPC status codes: the request itself is wrong, or the application is not in the state that it needs.
const INVALID_ARGUMENT = 3
const FAILED_PRECONDITION = 9

/** The refusals of Argo CD whose HTTP status alone is ambiguous: it answers 400 to all of them. */
function refusalOf(status: number, { code, message }: z.infer<typeof Failure>): ExpectedError | undefined {
  if (status !== 400) return undefined
  const refused = (reason: string) =>
    new ExpectedError('conflict', reason, `Argo CD refused: ${message.slice(0, 500)}`)
  if (code === FAILED_PRECONDITION)
    return refused(
      /another operation is already in progress/i.test(message)
        ? 'OPERATION_IN_PROGRESS'
        : 'ARGOCD_PRECONDITION',
    )
  if (code === INVALID_ARGUMENT && /no operation is in progress/i.test(message))
    return refused('NO_OPERATION')
  return code === INVALID_ARGUMENT
    ? new ExpectedError('invalid', 'ARGOCD_INVALID', `Argo CD refused: ${message.slice(0, 500)}`)
    : undefined
}
const Failure = z.looseObject({ code: z.number(), message: z.string() })
const UserInfo = z.looseObject({ username: z.string().nullish() })
const Cluster = z.looseObject({ name: z.string().nullish(), server: z.string().nullish() })
const ClusterList = z.looseObject({ items: tolerantArray(Cluster).nullish() })
const AppList = z.looseObject({ items: tolerantArray(RawApplication).nullish() })
