import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ApplicationEvent } from '../applications/create-application-store.ts'
import type { ArgocdContext } from '../argocd-context.ts'

type Query = { Querystring: { name?: string } }

/** Serves `GET /api/v1/stream/applications`: the existing applications, then each change, as one line of JSON each. */
export function streamRoutes(app: FastifyInstance, { store }: ArgocdContext) {
  app.get<Query>('/api/v1/stream/applications', (request, reply) => {
    const { name } = request.query
    const stream = new PassThrough()
    const send = ({ type, application }: ApplicationEvent) => {
      if (name && application.metadata.name !== name) return
      stream.write(`${JSON.stringify({ result: { type, application } })}\n`)
    }
    for (const application of store.list()) send({ type: 'ADDED', application })
    const unwatch = store.watch(send)
    const end = () => {
      unwatch()
      stream.end()
    }
    request.raw.once('close', end)
    reply.raw.once('close', end)
    return reply.type('application/json').send(stream)
  })
}
