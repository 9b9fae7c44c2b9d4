import type { Log } from '@goalixa/chassis/log'
import { createLock } from '@goalixa/emulators-shared/git/create-lock'
import { shareWaiting } from '@goalixa/emulators-shared/git/share-waiting'
import { type Application, instanceName } from '../applications/application.ts'
import type { ApplicationStore } from '../applications/create-application-store.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { trackedBy } from '../compare/annotations.ts'
import type { ProjectStore } from '../projects/create-project-store.ts'
import { canSync, windowsFor } from '../projects/sync-windows.ts'
import type { GitSource } from '../repositories/create-git-source.ts'
import { runOperation, STOPPED, TERMINATED } from '../sync/run-operation.ts'
import { decideAutoSync } from './decide-auto-sync.ts'
import {
  applyObservation,
  dropCondition,
  type Loaded,
  load,
  observe,
  setCondition,
  sourceText,
} from './reconcile.ts'

// Cluster events come in bursts; comparing once after a burst is enough.
const SETTLE_MS = 250

type Deps = {
  store: ApplicationStore
  projects: ProjectStore
  git: GitSource
  cluster: Cluster
  now: () => Date
  log: Log
  endsBlockedOperations: boolean
  /** How long a failed operation waits for its first retry; the next one waits twice as long. */
  retryMs: number
  /** The interval between polls of Git. */
  pollMs: number
}

/** Keeps every application compared, and runs the operations requested by users and auto-sync. */
export function createController(deps: Deps) {
  const { store, projects, cluster, now, log, pollMs } = deps
  const stopping = new AbortController()
  const locks = new Map<string, ReturnType<typeof createLock>>()
  const loadedOf = new Map<string, Loaded>()
  const refreshes = new Map<string, () => Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()
  const operations = new Map<string, { abort: AbortController; done: Promise<void> }>()
  let poll: NodeJS.Timeout | undefined
  let isPaused = false

  function lockOf(name: string) {
    const lock = locks.get(name) ?? createLock()
    locks.set(name, lock)
    return lock
  }

  // Refreshes must not pile up while Git is slow.
  function refresh(name: string): Promise<void> {
    const run = refreshes.get(name) ?? shareWaiting(lockOf(name), () => compare(name, true))
    refreshes.set(name, run)
    return run()
  }

  async function compare(name: string, isRefresh: boolean): Promise<void> {
    try {
      const application = store.get(name)
      if (!application || isPaused || stopping.signal.aborted) return
      const known = loadedOf.get(name)
      const isKnown = known !== undefined && known.source === sourceText(application)
      const loaded = isRefresh || !isKnown ? await load(deps, application, known) : known
      loadedOf.set(name, loaded)
      const observation = await observe(cluster, application, loaded)
      store.update(name, draft => {
        applyObservation(draft, observation, now())
        if (isRefresh) draft.status.reconciledAt = now().toISOString()
      })
      autoSync(name)
    } catch (error) {
      log.warn({ application: name, reason: String(error) }, 'comparison failed')
    }
  }

  function autoSync(name: string): void {
    const application = store.get(name)
    if (!application) return
    const decision = decideAutoSync(application, now())
    if (decision.kind === 'later') {
      enqueue(name, decision.waitMs)
      return
    }
    if (decision.kind === 'start' && isOpen(application)) {
      store.update(name, draft => {
        draft.operation = decision.operation
        delete draft.status.operationState
        dropCondition(draft, 'SyncError')
      })
      operate(name)
      return
    }
    store.update(name, draft => {
      if (decision.kind !== 'refused') dropCondition(draft, 'SyncError')
      else
        setCondition(draft, {
          type: 'SyncError',
          message: decision.message,
          lastTransitionTime: now().toISOString(),
        })
    })
  }

  function isOpen(application: Application): boolean {
    return canSync(windowsFor(projects.get(application.spec.project), application), false, now())
  }

  function enqueue(name: string, waitMs = SETTLE_MS): void {
    if (timers.has(name) || stopping.signal.aborted) return
    const timer = setTimeout(() => {
      timers.delete(name)
      void lockOf(name)(() => compare(name, false))
    }, waitMs)
    timers.set(name, timer)
  }

  function operate(name: string): void {
    if (operations.has(name) || isPaused || stopping.signal.aborted) return
    const abort = new AbortController()
    if (store.get(name)?.status.operationState?.phase === 'Terminating') abort.abort(TERMINATED)
    const done = runOperation({ ...deps, stopping: stopping.signal }, name, abort.signal).finally(() => {
      operations.delete(name)
      if (!stopping.signal.aborted) void refresh(name)
    })
    operations.set(name, { abort, done })
  }

  function resume(): void {
    isPaused = false
    for (const application of store.list()) {
      // An interrupted operation is resumed after a restart: applying again does not change applied objects.
      const name = instanceName(application.metadata)
      if (application.operation) operate(name)
      void refresh(name)
    }
  }

  return {
    /** Compares an application now, after polling Git; resolves when its status is up to date. */
    refresh,
    /** Compares soon, with the Git state that is already loaded. */
    enqueue,
    /** Runs the requested operation of an application. */
    operate,
    /** Terminates a running operation ("Operation terminated"); resolves once it no longer writes to the cluster. */
    async terminate(name: string): Promise<void> {
      const running = operations.get(name)
      running?.abort.abort(TERMINATED)
      await running?.done
    },
    /** Handles an event of the cluster. */
    onClusterChange(object: KubeObject): void {
      const owner = trackedBy(object)
      for (const { metadata, spec } of store.list()) {
        const name = instanceName(metadata)
        if (name === owner || spec.destination.namespace === object.metadata.namespace) enqueue(name)
      }
    },
    /** Drops the rendered manifests, so that the next refresh renders again. */
    forget(name: string): void {
      loadedOf.delete(name)
    },
    start(): void {
      resume()
      poll = setInterval(() => {
        for (const { metadata } of store.list()) void refresh(instanceName(metadata))
      }, pollMs)
    },
    /** Takes nothing up until `resume`, as a controller that is down; running operations are interrupted. */
    async pause(): Promise<void> {
      isPaused = true
      for (const { abort } of operations.values()) abort.abort(STOPPED)
      await Promise.all([...operations.values()].map(({ done }) => done))
    },
    resume,
    /** Stops cleanly, including the view of the cluster, for which a comparison may be waiting. */
    async stop(): Promise<void> {
      clearInterval(poll)
      for (const timer of timers.values()) clearTimeout(timer)
      stopping.abort()
      for (const { abort } of operations.values()) abort.abort(STOPPED)
      cluster.stop()
      await Promise.all([...operations.values()].map(({ done }) => done))
      await Promise.all([...locks.values()].map(lock => lock(() => {})))
    },
  }
}
export type Controller = ReturnType<typeof createController>
