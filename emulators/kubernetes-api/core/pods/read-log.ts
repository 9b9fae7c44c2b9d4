import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Stream } from '../../api/reply.ts'
import type { ApiRequest } from '../../api/request.ts'
import type { Target } from '../../api/target.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { badRequest, StatusError } from '../../registry/status-error.ts'
import { addressOf, nodes } from '../nodes/kind.ts'
import { pods } from './kind.ts'
import type { Pod } from './pod.ts'

const OPTIONS = ['follow', 'previous', 'tailLines', 'sinceSeconds', 'sinceTime', 'timestamps', 'limitBytes']

/**
 * Handles GET of `/log`: forwards the response of the node's kubelet to `/containerLogs`. Throws StatusError 400 or
 * 500.
 */
export function readLog(
  cluster: Cluster,
  { namespace = '', name = '' }: Target,
  { query, signal }: ApiRequest,
): Stream {
  const pod = cluster.get(pods, namespace, name)
  const container = containerOf(pod, query.get('container'))
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`)
  const status = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].find(
    candidate => candidate.name === container,
  )
  const waiting = status?.state?.waiting?.reason
  if (waiting && !status.lastState?.terminated && query.get('previous') !== 'true')
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${startText(waiting)}`)
  const url = new URL(
    `/containerLogs/${namespace}/${name}/${container}`,
    kubeletUrl(cluster, pod.spec.nodeName),
  )
  for (const option of OPTIONS) {
    const value = query.get(option)
    if (value !== null) url.searchParams.set(option, value)
  }
  return response => forward(url, pod, response, signal)
}

/** Returns the URL of a node's kubelet. Throws StatusError 500 if the node publishes none. */
export function kubeletUrl(cluster: Cluster, nodeName: string): string {
  const node = cluster.find(nodes, undefined, nodeName)
  const address = node ? addressOf(node, 'InternalIP') : '<none>'
  const port = node?.status.daemonEndpoints?.kubeletEndpoint?.Port
  if (address === '<none>' || !port)
    throw new StatusError(
      500,
      'InternalError',
      `Internal error occurred: no kubelet address for node "${nodeName}"`,
    )
  return `http://${address}:${port}`
}

function containerOf({ spec, metadata }: Pod, asked: string | null): string {
  const names = [...spec.containers, ...(spec.initContainers ?? [])].map(candidate => candidate.name)
  if (asked) {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`)
    return asked
  }
  const [only, ...others] = spec.containers
  if (!only || others.length > 0)
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${spec.containers.map(container => container.name).join(' ')}]`,
    )
  return only.name
}

function startText(reason: string): string {
  return reason === 'ErrImagePull' || reason === 'ImagePullBackOff'
    ? 'trying and failing to pull image'
    : reason
}

async function forward(url: URL, pod: Pod, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { signal }).catch((cause: unknown) => {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : 'no answer'
    throw new StatusError(500, 'InternalError', `Get "${url}": ${why}`)
  })
  if (!answer.ok) {
    const text = (await answer.text()).trim()
    throw new StatusError(
      answer.status === 404 ? 404 : 400,
      answer.status === 404 ? 'NotFound' : 'BadRequest',
      text || `the kubelet of ${pod.spec.nodeName} answered ${answer.status}`,
    )
  }
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  if (!answer.body) {
    response.end()
    return
  }
  const body = Readable.fromWeb(answer.body as ReadableStream)
  body.on('error', () => response.end())
  response.once('close', () => body.destroy())
  body.pipe(response)
}
