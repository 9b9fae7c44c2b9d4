import { json, type Reply } from '../api/reply.ts'
import type { ApiRequest } from '../api/request.ts'
import { parseFilter } from '../api/selectors.ts'
import { nodes } from '../core/nodes/kind.ts'
import { pods } from '../core/pods/kind.ts'
import { toTime } from '../registry/clock.ts'
import type { Cluster } from '../registry/cluster.ts'
import { notFoundError } from '../registry/status-error.ts'
import { readResourceMetrics } from './read-resource-metrics.ts'

const API = 'metrics.k8s.io/v1beta1'
const PATH = /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/(pods|nodes)(?:\/([^/]+))?$/

/** Returns the current usage of containers and nodes, as metrics-server reports it. Throws StatusError 404. */
export async function readMetrics(cluster: Cluster, request: ApiRequest): Promise<Reply | undefined> {
  const match = PATH.exec(request.path)
  if (!match) return undefined
  const [, namespace, plural, name] = match
  const items =
    plural === 'nodes' ? await nodeMetrics(cluster, request) : await podMetrics(cluster, request, namespace)
  if (name) {
    const one = items.find(({ metadata }) => metadata.name === name)
    if (!one) throw notFoundError({ group: 'metrics.k8s.io', plural: plural ?? '' }, name)
    return json(200, one)
  }
  return json(200, {
    kind: plural === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList',
    apiVersion: API,
    metadata: {},
    items,
  })
}

async function nodeMetrics(cluster: Cluster, { query }: ApiRequest) {
  const filter = parseFilter(nodes, query)
  const usages = await readResourceMetrics(cluster)
  return cluster
    .list(nodes)
    .filter(filter)
    .flatMap(({ metadata }) => {
      const usage = usages.nodes.get(metadata.name)
      return usage
        ? [
            {
              kind: 'NodeMetrics',
              apiVersion: API,
              metadata: {
                name: metadata.name,
                labels: metadata.labels,
                creationTimestamp: toTime(cluster.now()),
              },
              timestamp: usage.at,
              window: usage.window,
              usage: usage.usage,
            },
          ]
        : []
    })
}

async function podMetrics(cluster: Cluster, { query }: ApiRequest, namespace: string | undefined) {
  const filter = parseFilter(pods, query)
  const usages = await readResourceMetrics(cluster)
  return cluster
    .list(pods, namespace)
    .filter(filter)
    .flatMap(({ metadata }) => {
      const containers = usages.pods.get(`${metadata.namespace}/${metadata.name}`)
      const [first] = containers ?? []
      if (!first) return []
      const { name, namespace: where, labels } = metadata
      return [
        {
          kind: 'PodMetrics',
          apiVersion: API,
          metadata: { name, namespace: where, labels, creationTimestamp: toTime(cluster.now()) },
          timestamp: first.at,
          window: first.window,
          containers: (containers ?? []).map(container => ({
            name: container.container,
            usage: container.usage,
          })),
        },
      ]
    })
}
