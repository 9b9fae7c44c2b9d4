import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Entity, Op } from '../sync/sync.schema.ts'
import { userOf } from '../tenancy/require-user.ts'
import {
  NewProject,
  NewTask,
  NewTimeEntry,
  Project,
  ProjectChange,
  ProjectsQuery,
  pageSchema,
  Task,
  TaskChange,
  TasksQuery,
  TimeEntriesQuery,
  TimeEntry,
  TimeEntryChange,
} from './entities.schema.ts'
import type { EntitiesService } from './entities.service.ts'

type Fields = Record<string, Op['value']>
type Shape = {
  entity: Entity
  path: string
  row: z.ZodObject
  create: z.ZodType<{ id?: string | undefined } & Record<string, unknown>>
  change: z.ZodType<Record<string, unknown>>
  query: z.ZodType<{ after?: string | undefined; limit: number } & Record<string, unknown>>
}

const SHAPES: Shape[] = [
  {
    entity: 'projects',
    path: 'projects',
    row: Project,
    create: NewProject,
    change: ProjectChange,
    query: ProjectsQuery,
  },
  { entity: 'tasks', path: 'tasks', row: Task, create: NewTask, change: TaskChange, query: TasksQuery },
  {
    entity: 'time_entries',
    path: 'time-entries',
    row: TimeEntry,
    create: NewTimeEntry,
    change: TimeEntryChange,
    query: TimeEntriesQuery,
  },
]

const Id = z.strictObject({ id: z.uuid().lowercase() })

/** REST over the synced entities: list, create, read, change and delete, one handler for all of them. */
export function entitiesRoutes(app: ServiceApp, { entities }: { entities: EntitiesService }): void {
  for (const { entity, path, row, create, change, query } of SHAPES) {
    app.get(
      `/v1/${path}`,
      { schema: { querystring: query, response: { 200: pageSchema(row) } } },
      async request => entities.list(userOf(request), entity, request.query),
    )

    app.post(`/v1/${path}`, { schema: { body: create, response: { 201: row } } }, async (request, reply) =>
      reply.status(201).send(await entities.create(userOf(request), entity, definedIn(request.body))),
    )

    app.get(`/v1/${path}/:id`, { schema: { params: Id, response: { 200: row } } }, async request =>
      entities.get(userOf(request), entity, request.params.id),
    )

    app.patch(
      `/v1/${path}/:id`,
      { schema: { params: Id, body: change, response: { 200: row } } },
      async request =>
        entities.change(
          userOf(request),
          entity,
          request.params.id,
          definedIn(request.body),
          parseIfMatch(request.headers['if-match']),
        ),
    )

    app.delete(
      `/v1/${path}/:id`,
      { schema: { params: Id, response: { 204: z.void() } } },
      async (request, reply) => {
        await entities.change(
          userOf(request),
          entity,
          request.params.id,
          { deleted: true },
          parseIfMatch(request.headers['if-match']),
        )
        return reply.status(204).send()
      },
    )
  }
}

function definedIn(body: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Fields
}

function parseIfMatch(ifMatch: string | undefined): { expectedRev?: number } {
  if (ifMatch === undefined) return {}
  // Fifteen digits are exact as a number.
  const rev = /^"?(\d{1,15})"?$/.exec(ifMatch)?.[1]
  if (rev === undefined)
    throw new ExpectedError('invalid', 'INVALID_IF_MATCH', 'The If-Match header is not the rev of a row.', {
      fields: [{ field: 'if-match', expected: 'the rev of the row, for example "17"' }],
    })
  return { expectedRev: Number(rev) }
}
