import { Readable } from 'node:stream'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import type { Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import type { RequireRole } from '../operators/require-role.ts'
import type { IncidentsRepository } from './incidents.repository.ts'
import { IncidentPage, IncidentQuery, IncidentView, TimelineQuery, TimelineView } from './incidents.schema.ts'
import { streamTimeline } from './stream-timeline.ts'
import { firstTamperedEntry, readEntries } from './timeline.repository.ts'
import type { TimelineWatch } from './timeline-watch.ts'

export type IncidentsRoutesDeps = {
  pool: Pool
  incidents: IncidentsRepository
  signIn: RequireRole
  watch: TimelineWatch
  heartbeatMs?: number
  /** Aborts when the process drains, so that open streams do not delay its shutdown. */
  closing: AbortSignal
}

const Params = z.object({ id: z.uuid() })
const StreamQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'the id of a line')
    .optional(),
})
const ReportQuery = z.strictObject({ format: z.enum(['json', 'markdown']).optional() })

const NO_SUCH_INCIDENT = { 404: ['NO_SUCH_INCIDENT'] }

/** The routes that people read incidents through. */
export function incidentsRoutes(app: ServiceApp, deps: IncidentsRoutesDeps) {
  const { pool, incidents, signIn, watch, heartbeatMs = 15_000, closing } = deps
  const onRequest = signIn.needs('viewer')

  app.get(
    '/v1/incidents',
    {
      onRequest,
      schema: {
        summary: 'Lists incidents, newest first.',
        querystring: IncidentQuery,
        response: { 200: IncidentPage },
      },
    },
    request => incidents.list(request.query),
  )
  app.get(
    '/v1/incidents/:id',
    {
      onRequest,
      schema: {
        summary: 'Shows one incident with its alerts, newest investigation and action.',
        params: Params,
        response: { 200: IncidentView },
        errors: NO_SUCH_INCIDENT,
      },
    },
    request => incidents.find(request.params.id),
  )
  app.get(
    '/v1/incidents/:id/timeline',
    {
      onRequest,
      schema: {
        summary: 'Reads what happened, and whether the record was changed afterwards.',
        params: Params,
        querystring: TimelineQuery,
        response: { 200: TimelineView },
        errors: NO_SUCH_INCIDENT,
      },
    },
    async request => {
      const { id } = request.params
      await incidents.mustExist(id)
      const lines = await readEntries(pool, { incidentId: id, ...request.query })
      return TimelineView.parse({ lines, tamperedAt: await firstTamperedEntry(pool, id) })
    },
  )
  app.get(
    '/v1/incidents/:id/stream',
    {
      onRequest,
      schema: {
        summary: 'Streams the timeline as server-sent events; resumes by Last-Event-ID.',
        params: Params,
        querystring: StreamQuery,
        errors: NO_SUCH_INCIDENT,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await incidents.mustExist(id)
      const gone = new AbortController()
      request.raw.once('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, closing])
      const header = request.headers['last-event-id']
      const after =
        typeof header === 'string' && /^\d{1,18}$/.test(header) ? header : (request.query.after ?? '0')
      return (
        reply
          .header('content-type', 'text/event-stream; charset=utf-8')
          .header('cache-control', 'no-store')
          .header('x-accel-buffering', 'no')
          // A connection kept alive after its stream would delay the shutdown.
          .header('connection', 'close')
          .send(Readable.from(streamTimeline({ pool, watch, incidentId: id, after, heartbeatMs, signal })))
      )
    },
  )
  app.get(
    '/v1/incidents/:id/report',
    {
      onRequest,
      schema: {
        summary: 'Reads the report as JSON or Markdown.',
        params: Params,
        querystring: ReportQuery,
        errors: { 404: ['NO_SUCH_INCIDENT', 'NO_REPORT_YET'] },
      },
    },
    async (request, reply) => {
      const { json, markdown } = await incidents.report(request.params.id)
      const wantsMarkdown = request.headers.accept?.includes('text/markdown') ?? false
      const format = request.query.format ?? (wantsMarkdown ? 'markdown' : 'json')
      return format === 'json'
        ? reply.send(json)
        : reply.header('content-type', 'text/markdown; charset=utf-8').send(markdown)
    },
  )
}
