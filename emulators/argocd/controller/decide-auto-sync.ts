import { type Application, automatedOf, isOperating, type Operation } from '../applications/application.ts'

const SELF_HEAL_AFTER_MS = 5_000
// The default of an automatic sync; one that a person requests is not retried.
const RETRIES = 5

export type AutoSync =
  | { kind: 'none' }
  | { kind: 'later'; waitMs: number }
  | { kind: 'refused'; message: string }
  | { kind: 'start'; operation: Operation }

/**
 * Decides whether an application that has just been compared starts a sync automatically. A revision is tried once;
 * after that only self-heal applies it, to the differing objects. Source: argo-cd `controller/appcontroller.go`,
 * `autoSync`.
 */
export function decideAutoSync(application: Application, now: Date): AutoSync {
  const automated = automatedOf(application)
  const { sync, resources = [], operationState } = application.status
  if (!automated || isOperating(application) || application.metadata.deletionTimestamp)
    return { kind: 'none' }
  if (sync.status !== 'OutOfSync' || sync.revision === undefined) return { kind: 'none' }
  const differing = resources.filter(({ status }) => status === 'OutOfSync')
  const prune = automated.prune ?? false
  if (!prune && differing.every(({ requiresPruning }) => requiresPruning)) return { kind: 'none' }
  if (prune && !automated.allowEmpty && resources.every(({ requiresPruning }) => requiresPruning))
    return {
      kind: 'refused',
      message: `Skipping sync attempt to ${sync.revision}: auto-sync will wipe out all resources`,
    }

  const full: Operation = {
    sync: { revision: sync.revision, prune, syncOptions: application.spec.syncPolicy?.syncOptions },
    initiatedBy: { automated: true },
    retry: application.spec.syncPolicy?.retry ?? { limit: RETRIES },
  }
  if (!wasTried(application, sync.revision)) return { kind: 'start', operation: full }
  if (operationState && operationState.phase !== 'Succeeded')
    return {
      kind: 'refused',
      message: `Failed last sync attempt to ${sync.revision}: ${operationState.message ?? ''}`,
    }
  if (!automated.selfHeal) return { kind: 'none' }
  const waitMs = SELF_HEAL_AFTER_MS - (now.getTime() - Date.parse(operationState?.finishedAt ?? ''))
  if (waitMs > 0) return { kind: 'later', waitMs }
  const selected = differing.map(({ group = '', kind, name, namespace }) => ({
    group,
    kind,
    name,
    namespace,
  }))
  return { kind: 'start', operation: { ...full, sync: { ...full.sync, resources: selected } } }
}

// A rollback to the same commit of another source is another attempt.
function wasTried({ spec, status }: Application, revision: string): boolean {
  const last = status.operationState
  const source = last?.operation.sync.source ?? last?.syncResult?.source
  if (last?.syncResult?.revision !== revision && last?.operation.sync.revision !== revision) return false
  return source === undefined || JSON.stringify(source) === JSON.stringify(spec.source)
}
