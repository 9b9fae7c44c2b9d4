import type { ServerResponse } from 'node:http'
import type { KubeObject } from '../meta/kube-object.ts'
import { apiVersionOf } from '../meta/resource-kind.ts'
import type { Cluster } from '../registry/cluster.ts'
import { StatusError, statusOf } from '../registry/status-error.ts'
import { type Change, RevisionGone } from '../store/store.ts'
import { goneError } from './read-objects.ts'
import { representationOf } from './representation.ts'
import { type ApiRequest, isEnabled } from './request.ts'
import { parseFilter } from './selectors.ts'
import type { Target } from './target.ts'

/** Milliseconds between bookmarks; the API server sends about one a minute. */
const BOOKMARK_MS = 60_000
/** Seconds after which a watch ends if the client sets no timeout; the API server uses 30 to 60 minutes. */
const DEFAULT_TIMEOUT_SECONDS = 1_800

/** Streams changes as lines of JSON until the client disconnects or the timeout expires. */
export function watchObjects(cluster: Cluster, { kind, namespace, name }: Target, request: ApiRequest) {
  const { query, accept, signal } = request
  const asked = query.get('resourceVersion') ?? ''
  if (!/^\d*$/.test(asked)) throw invalidRevision(asked)
  const filter = parseFilter(kind, query, name)
  const form = representationOf({ kind, accept, query, now: cluster.now() })
  const matches = (object: KubeObject) =>
    (!namespace || object.metadata.namespace === namespace) && filter(object)

  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': form.contentType, 'cache-control': 'no-cache, private' })
    response.flushHeaders()
    const write = (type: string, body: string) => response.write(`{"type":"${type}","object":${body}}\n`)
    const now = () => representationOf({ kind, accept, query, now: cluster.now() })
    const writeChange = (change: Change) => {
      const type = seenAs(change, matches)
      if (type) write(type, now().writeObject(change.object))
    }
    const bookmark = (annotations?: Record<string, string>) => {
      const metadata = {
        resourceVersion: String(cluster.store.revision()),
        creationTimestamp: null,
        ...(annotations ? { annotations } : {}),
      }
      write('BOOKMARK', JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }))
    }
    const hasNoStart = asked === '' || asked === '0'
    const since = hasNoStart ? cluster.store.revision() : Number(asked)
    const wantsInitial = isEnabled(query, 'sendInitialEvents')
    if (hasNoStart || wantsInitial) {
      for (const object of cluster.list(kind, namespace))
        if (matches(object)) write('ADDED', now().writeObject(object))
    }
    if (wantsInitial) bookmark({ 'k8s.io/initial-events-end': 'true' })
    let stop: (() => void) | undefined
    try {
      stop = cluster.store.watch(kind, wantsInitial ? cluster.store.revision() : since, writeChange)
    } catch (error) {
      if (!(error instanceof RevisionGone)) throw error
      write('ERROR', JSON.stringify(statusOf(goneError(error.message))))
      response.end()
      return
    }
    const bookmarks = isEnabled(query, 'allowWatchBookmarks')
      ? setInterval(() => bookmark(), BOOKMARK_MS)
      : undefined
    const timeout = setTimeout(
      () => response.end(),
      Number(query.get('timeoutSeconds') || DEFAULT_TIMEOUT_SECONDS) * 1000,
    )
    const end = () => {
      stop?.()
      clearInterval(bookmarks)
      clearTimeout(timeout)
    }
    response.once('close', end)
    signal.addEventListener('abort', () => response.end(), { once: true })
  }
}

// The API server answers 500 without a reason here, although the same mistake in a list is a 400.
function invalidRevision(text: string): StatusError {
  const reason = `strconv.ParseUint: parsing "${text}": invalid syntax`
  return new StatusError(500, '', `resourceVersion: Invalid value: "${text}": ${reason}`)
}

// To the watcher, an object that starts or stops matching is added or deleted.
function seenAs(
  { type, object, previous }: Change,
  matches: (object: KubeObject) => boolean,
): string | undefined {
  const did = previous !== undefined && matches(previous)
  if (type === 'DELETED') return did || matches(object) ? 'DELETED' : undefined
  if (matches(object)) return did ? 'MODIFIED' : 'ADDED'
  return did ? 'DELETED' : undefined
}
