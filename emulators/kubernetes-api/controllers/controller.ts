import type { Log } from '@goalixa/chassis/log'
import type { RecordEvent } from '../core/events/record-event.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import type { Cluster } from '../registry/cluster.ts'
import type { Change } from '../store/store.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

/** The dependencies of every controller. */
export type Context = { cluster: Cluster; recordEvent: RecordEvent; log: Log }

/** A running controller. */
export type Running = { stop(): void }

/** Starts a controller. */
export type RunController = (context: Context) => Running

/** Returns the keys to reconcile after a change of a kind. */
export type Interest = { kind: ResourceKind; keys: (change: Change) => string[] }

/** Creates a typed interest in one kind. */
export function on<T extends KubeObject>(
  kind: ResourceKind<T>,
  keys: (object: T, change: Change<T>) => string[],
): Interest {
  return { kind: kind as ResourceKind, keys: change => keys(change.object as T, change as Change<T>) }
}

type Options = {
  name: string
  context: Context
  interests: Interest[]
  /**
   * Reconciles the object of a key with its desired state, from any state. May be called at any time, any number of
   * times.
   */
  reconcile: (key: string, queue: WorkQueue) => void | Promise<void>
}

/** Runs `reconcile` for every key that a change affects. */
export function runController({ name, context, interests, reconcile }: Options): Running {
  const queue: WorkQueue = createWorkQueue({
    name,
    log: context.log,
    reconcile: key => reconcile(key, queue),
  })
  const stops = interests.map(({ kind, keys }) =>
    context.cluster.observe(kind, change => {
      for (const key of keys(change)) queue.add(key)
    }),
  )
  return {
    stop() {
      for (const stop of stops) stop()
      queue.stop()
    },
  }
}

/** Returns `namespace/name`, or `/name` without a namespace. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

/** Splits a key into its parts. */
export function parseKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
