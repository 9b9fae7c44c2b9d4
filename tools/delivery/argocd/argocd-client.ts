import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Connection } from '../../connections/connection.ts'
import { createJsonApi } from '../../http/json-api.ts'
import { tolerantArray } from '../../http/tolerant-array.ts'
import type { WriteCall } from '../../write-call.ts'
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
  const pathOf = (name: string, rest = '') => `api/v1/applications/${encodeURIComponent(name)}${rest}`

  return {
    async listApps(signal: AbortSignal) {
      const { items } = await api.get('api/v1/applications', AppList, signal)
      return items ?? []
    },
    getApp: (name: string, signal: AbortSignal) => api.get(pathOf(name), RawApplication, signal),
    /** Makes Argo CD compare with Git now. It is a GET, but it annotates the application. */
    refresh: (name: string, call: WriteCall) =>
      api.send('GET', pathOf(name), RawApplication, call, { query: { refresh: 'normal' } }),
    read: <S extends z.ZodType>(name: string, path: string, schema: S, signal: AbortSignal) =>
      api.get(pathOf(name, `/${path}`), schema, signal),
    rollback: (name: string, id: number, call: WriteCall) =>
      api.send('POST', pathOf(name, '/rollback'), z.unknown(), call, {
        body: { name, id, prune: false, dryRun: false },
      }),
    sync: (name: string, body: Record<string, unknown>, call: WriteCall) =>
      api.send('POST', pathOf(name, '/sync'), z.unknown(), call, { body: { name, ...body } }),
    /** Requests the end of the running operation, whoever started it. Throws `conflict` NO_OPERATION where none is running. */
    terminate: (name: string, call: WriteCall) =>
      // Argo CD answers 415 to a DELETE without a JSON body.
      api.send('DELETE', pathOf(name, '/operation'), z.unknown(), call, { body: {} }),
    /** The account of our token, as Argo CD writes it into `initiatedBy`. */
    username: async (signal: AbortSignal) =>
      (await api.get('api/v1/session/userinfo', UserInfo, signal)).username ?? null,
    /**
     * Replaces spec, labels, annotations and finalizers without rendering them, and without a precondition: Argo CD refuses a patch while
     * Git cannot be read or rendered.
     */
    replaceApp: (app: RawApplication, call: WriteCall) =>
      api.send('PUT', pathOf(app.metadata.name), z.unknown(), call, {
        query: { validate: 'false' },
        body: { metadata: app.metadata, spec: app.spec },
      }),
    /** Applies a JSON patch to spec and metadata. If a test in it fails, Argo CD answers 500. Throws `invalid` ARGOCD_INVALID while Git cannot be rendered. */
    patchApp: (name: string, patch: PatchOperation[], call: WriteCall) =>
      api.send('PATCH', pathOf(name), z.unknown(), call, {
        body: { name, patch: JSON.stringify(patch), patchType: 'json' },
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
const AppList = z.looseObject({ items: tolerantArray(RawApplication).nullish() })
