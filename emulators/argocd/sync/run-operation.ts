import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Application,
  instanceName,
  type Operation,
  type OperationPhase,
  type ResourceResult,
  type Source,
} from '../applications/application.ts'
import { loadTargets, type Targets } from '../controller/load-targets.ts'
import { watchKinds } from '../controller/managed-objects.ts'
import { SourceError } from '../repositories/create-git-source.ts'
import type { OperationDeps } from './operation-deps.ts'
import { OperationFailure } from './operation-failure.ts'
import { syncTargets } from './sync-targets.ts'
import { waitForWindow } from './wait-for-window.ts'

const HISTORY_LIMIT = 10

/** Why an operation is aborted: it was terminated, or the process stops and will resume it after the restart. */
export const TERMINATED = new Error('Operation terminated')
export const STOPPED = new Error('the controller is stopping')

/**
 * Runs an application's requested operation to its end and records its state, result and history. Aborting the signal
 * terminates it.
 */
export async function runOperation(deps: OperationDeps, name: string, signal: AbortSignal): Promise<void> {
  const { store, now, log } = deps
  const application = store.get(name)
  if (!application?.operation) return
  const { operation } = application
  const before = application.status.operationState
  const startedAt = before?.startedAt ?? now().toISOString()
  const limit = operation.retry?.limit ?? 0
  for (let retries = before?.retryCount ?? 0; ; retries += 1) {
    store.update(name, ({ status }) => {
      const phase = signal.aborted ? 'Terminating' : 'Running'
      status.operationState = { operation, phase, startedAt, ...(retries > 0 ? { retryCount: retries } : {}) }
    })
    const failure = await attempt(deps, application, startedAt, signal)
    if (failure === undefined) return
    const { phase, message } = failure
    log.info({ application: name, phase, message }, 'operation did not succeed')
    if (signal.aborted || retries >= limit)
      return finish(deps, name, phase, retries > 0 ? `${message} (retried ${retries} times).` : message)
    const isInterrupted = await waitForRetry(deps, name, { message, retries, signal })
    if (isInterrupted) return
  }
}

/** Runs an operation once. Returns why it failed; undefined if it succeeded, or if the process stops. */
async function attempt(
  deps: OperationDeps,
  application: Application,
  startedAt: string,
  signal: AbortSignal,
): Promise<{ phase: 'Failed' | 'Error'; message: string } | undefined> {
  const name = instanceName(application.metadata)
  const operation = application.operation as Operation
  const source = operation.sync.source ?? application.spec.source
  try {
    await waitForWindow(deps, name, operation, signal)
    signal.throwIfAborted()
    const wanted = operation.sync.revision ?? source.targetRevision ?? 'HEAD'
    const targets = await loadTargets(deps, application, source, wanted)
    signal.throwIfAborted()
    await watchKinds(deps.cluster, application, targets.objects)
    const report = reporter(deps, name, source, targets)
    await syncTargets({ ...deps, application, operation, targets, report, signal })
    const success = { operation, source, targets, startedAt }
    finish(deps, name, 'Succeeded', 'successfully synced (all tasks run)', success)
    return undefined
  } catch (error) {
    return isStopped(deps, signal) ? undefined : failureOf(error, signal)
  }
}

function isStopped({ stopping }: OperationDeps, signal: AbortSignal): boolean {
  return signal.reason === STOPPED || stopping.aborted
}

type Failed = { message: string; retries: number; signal: AbortSignal }

/** A failed operation that is retried stays Running, until it is terminated or its last retry has failed. Returns whether the process stops. */
async function waitForRetry(
  deps: OperationDeps,
  name: string,
  { message, retries, signal }: Failed,
): Promise<boolean> {
  const waitMs = deps.retryMs * 2 ** retries
  const at = deps.now()
  const time = new Date(at.getTime() + waitMs).toLocaleTimeString('en-US', TIME).replace(' ', '')
  deps.store.update(name, ({ status }) => {
    if (status.operationState === undefined) return
    const told = `${message}. Retrying attempt #${retries + 1} at ${time}.`
    Object.assign(status.operationState, {
      phase: 'Running',
      message: told,
      retryCount: retries + 1,
      finishedAt: at.toISOString(),
    })
  })
  await sleep(waitMs, undefined, { signal }).catch(() => {})
  return isStopped(deps, signal)
}

const TIME = { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' } as const

function reporter({ store }: OperationDeps, name: string, source: Source, { revision }: Targets) {
  const results: ResourceResult[] = []
  const publish = () =>
    store.update(name, ({ status }) => {
      if (status.operationState)
        status.operationState.syncResult = { revision, source, resources: [...results] }
    })
  publish()
  return (result: ResourceResult) => {
    results.push(result)
    publish()
  }
}

type Success = { operation: Operation; source: Source; targets: Targets; startedAt: string }

function finish(
  { store, now }: OperationDeps,
  name: string,
  phase: OperationPhase,
  message: string,
  success?: Success,
): void {
  const finishedAt = now().toISOString()
  store.update(name, draft => {
    if (draft.status.operationState)
      Object.assign(draft.status.operationState, { phase, message, finishedAt })
    delete draft.operation
    if (success) remember(draft, success, finishedAt)
  })
}

// Only a complete sync that was not a dry run counts; the limit is set by the application.
function remember(
  { spec, status }: Application,
  { operation, source, targets, startedAt }: Success,
  deployedAt: string,
): void {
  if (operation.sync.dryRun || operation.sync.resources?.length) return
  const history = status.history ?? []
  const entry = {
    id: (history.at(-1)?.id ?? -1) + 1,
    revision: targets.revision,
    source,
    deployStartedAt: startedAt,
    deployedAt,
    initiatedBy: operation.initiatedBy ?? {},
  }
  status.history = [...history, entry].slice(-(spec.revisionHistoryLimit ?? HISTORY_LIMIT))
}

function failureOf(error: unknown, signal: AbortSignal): { phase: 'Failed' | 'Error'; message: string } {
  if (signal.aborted) return { phase: 'Failed', message: TERMINATED.message }
  if (error instanceof OperationFailure) return { phase: error.phase, message: error.message }
  if (error instanceof SourceError) return { phase: 'Error', message: `ComparisonError: ${error.message}` }
  return { phase: 'Error', message: error instanceof Error ? error.message : String(error) }
}
