import { PassThrough } from 'node:stream'
import { ExpectedError, statusOf } from '@goalixa/chassis/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { LogLine } from '../logs/create-container-log.ts'
import { followContainerLog } from '../logs/follow-container-log.ts'
import { type LogQuery, readContainerLog } from '../logs/read-container-log.ts'
import type { PodManager } from '../pods/create-pod-manager.ts'

/** Handles `GET /containerLogs/{namespace}/{pod}/{container}` as a kubelet does: plain text, including errors. */
export async function sendContainerLog(pods: PodManager, request: FastifyRequest, reply: FastifyReply) {
  const target = Target.parse(request.params)
  const query = Query.safeParse(request.query)
  if (!query.success) return reply.status(400).send(`invalid log options: ${z.prettifyError(query.error)}\n`)
  try {
    const log = findLog(pods, target, query.data.previous)
    const wanted = { tailLines: query.data.tailLines, sinceMs: sinceMsOf(query.data) }
    const text = (line: LogLine) => `${query.data.timestamps ? `${line.at} ` : ''}${line.text}\n`
    reply.type('text/plain; charset=utf-8')
    if (query.data.follow) return reply.send(follow(log, wanted, text))
    const lines = await readContainerLog(log.file, wanted)
    return reply.send(cut(lines.map(text).join(''), query.data.limitBytes))
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error
    return reply.status(statusOf(error.kind)).send(`${error.message}\n`)
  }
}

const Target = z.object({ namespace: z.string(), pod: z.string(), container: z.string() })
const Flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform(text => text === 'true' || text === '1')
const Query = z.object({
  previous: Flag,
  follow: Flag,
  timestamps: Flag,
  tailLines: z.coerce.number().int().min(0).optional(),
  sinceSeconds: z.coerce.number().int().min(1).optional(),
  sinceTime: z.iso.datetime({ offset: true }).optional(),
  limitBytes: z.coerce.number().int().min(1).optional(),
})
type Query = z.infer<typeof Query>

function findLog(
  pods: PodManager,
  { namespace, pod, container }: z.infer<typeof Target>,
  isPrevious: boolean,
) {
  const found = pods.find(namespace, pod)?.container(container)
  if (!found)
    throw new ExpectedError(
      'missing',
      'NO_SUCH_CONTAINER',
      `container "${container}" of pod "${pod}" is not on this node`,
    )
  const log = found.logOf(isPrevious)
  if (log) return log
  const message = isPrevious
    ? `previous terminated container "${container}" in pod "${pod}" not found`
    : `container "${container}" in pod "${pod}" is waiting to start: ${found.status.state?.waiting?.reason ?? 'unknown'}`
  throw new ExpectedError('invalid', 'NO_LOG', message)
}

function sinceMsOf({ sinceSeconds, sinceTime }: Query): number | undefined {
  if (sinceTime !== undefined) return Date.parse(sinceTime)
  return sinceSeconds === undefined ? undefined : Date.now() - sinceSeconds * 1_000
}

function cut(text: string, limitBytes: number | undefined): string | Buffer {
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes)
}

function follow(
  log: ReturnType<typeof findLog>,
  wanted: LogQuery,
  text: (line: LogLine) => string,
): PassThrough {
  const stream = new PassThrough()
  const stop = followContainerLog(
    log,
    wanted,
    line => stream.write(text(line)),
    () => stream.end(),
  )
  stream.once('close', stop)
  return stream
}
