import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import { pause } from '../process/pause.ts'
import type { KubernetesClient, WatchEvent } from './create-kubernetes-client.ts'
import type { Metadata } from './objects.ts'

export type Change = 'added' | 'modified' | 'deleted'
type Watched = { metadata: Metadata }
type Options<T> = {
  client: KubernetesClient
  /** For example `/api/v1/pods`. */
  path: string
  query?: Record<string, string>
  onChange?: (change: Change, object: T) => void
  log: Log
}

/**
 * Keeps a live copy of one collection: lists, then watches. After each interruption it lists again, so that no change
 * is missed; unchanged objects are not reported twice.
 */
export function watchObjects<T extends Watched>({ client, path, query = {}, onChange, log }: Options<T>) {
  const objects = new Map<string, T>()
  const stopped = new AbortController()
  const firstList = Promise.withResolvers<void>()

  async function follow() {
    for (let pauseMs = 100; !stopped.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        const version = await list()
        firstList.resolve()
        pauseMs = 50
        await client.watch(path, { ...query, ...WATCH, resourceVersion: version }, take, stopped.signal)
      } catch (error) {
        if (stopped.signal.aborted) return
        // A cluster without this kind has no objects of it; if the kind is added later, the next list finds it.
        if (error instanceof ExpectedError && error.kind === 'missing') firstList.resolve()
        log.warn({ path, reason: String(error) }, 'watch interrupted')
      }
      await pause(pauseMs, stopped.signal)
    }
  }

  async function list(): Promise<string> {
    const answer = await client.request<{ items: T[]; metadata?: { resourceVersion?: string } }>(
      'GET',
      path,
      {
        query,
        signal: stopped.signal,
      },
    )
    const seen = new Set(answer.items.map(keyOf))
    for (const object of [...objects.values()]) if (!seen.has(keyOf(object))) remove(object)
    for (const object of answer.items) put(object)
    return answer.metadata?.resourceVersion ?? ''
  }

  function take({ type, object }: WatchEvent) {
    if (type === 'BOOKMARK') return
    if (type === 'DELETED') remove(object as T)
    else put(object as T)
  }

  function put(object: T) {
    const known = objects.get(keyOf(object))
    if (known?.metadata.resourceVersion === object.metadata.resourceVersion) return
    // The same name with another uid is a new object: the deletion of the old one was missed.
    if (known && known.metadata.uid !== object.metadata.uid) remove(known)
    const isKnown = objects.has(keyOf(object))
    objects.set(keyOf(object), object)
    onChange?.(isKnown ? 'modified' : 'added', object)
  }

  function remove(object: T) {
    if (objects.delete(keyOf(object))) onChange?.('deleted', object)
  }

  return {
    /** Resolves after the first list; retries until the server is reachable. */
    async start() {
      void follow()
      await firstList.promise
    },
    stop() {
      stopped.abort()
      firstList.resolve()
    },
    list: () => [...objects.values()],
    get: (namespace: string, name: string) => objects.get(`${namespace}/${name}`),
  }
}
export type Watcher<T extends Watched> = ReturnType<typeof watchObjects<T>>

// The server ends a watch after this time, which limits how long a dead connection goes unnoticed.
const WATCH = { allowWatchBookmarks: 'true', timeoutSeconds: '290' }

function keyOf({ metadata }: Watched): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
