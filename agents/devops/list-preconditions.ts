import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import { booleanAt, fieldAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Precondition } from './precondition.ts'

type Target = { kind: string; namespace: string | null; name: string }

/** The preconditions that an approval is bound to, as far as they were read; empty if not even the object was. */
export function listPreconditions(view: SnapshotView, target: Target, app: App | null): Precondition[] {
  return [
    ...objectUnchanged(view, target),
    ...(app === null
      ? []
      : [
          ...nothingDeployed(view, app),
          ...nothingCommitted(view, app),
          // Only a running operation matters: what an ended one deployed is in the history.
          {
            kind: 'no-operation' as const,
            tool: 'delivery_get_app' as const,
            args: { name: app.name },
            path: 'isOperating',
            value: false,
          },
          ...syncAllowed(view, app),
        ]),
  ]
}

/** By the generation, which changes of the status do not raise; by the resourceVersion where there is no generation. */
function objectUnchanged(view: SnapshotView, { kind, namespace, name }: Target): Precondition[] {
  const object = view.objectNamed(kind, name)?.object
  const field = numberAt(object, 'metadata.generation') === null ? 'resourceVersion' : 'generation'
  const value = fieldAt(object, `metadata.${field}`)
  if (typeof value !== 'string' && typeof value !== 'number') return []
  return [
    {
      kind: 'object-unchanged',
      tool: 'kubernetes_get_object',
      args: { namespace: namespace ?? view.namespace ?? '', kind, name },
      path: `object.metadata.${field}`,
      value,
    },
  ]
}

function nothingDeployed(view: SnapshotView, app: App): Precondition[] {
  const history = view.read(questionId.deliveryHistory(app.name))
  const id = numberAt(history?.result, 'history.0.id')
  if (history === undefined || id === null) return []
  return [
    {
      kind: 'nothing-deployed',
      tool: 'delivery_list_history',
      args: history.args,
      path: 'history.0.id',
      value: id,
    },
  ]
}

/** In the application's own folder only, because commits elsewhere do not change it. */
function nothingCommitted(view: SnapshotView, app: App): Precondition[] {
  const commits = view.read(questionId.commits(app.name))
  const sha = stringAt(commits?.result, 'commits.0.sha')
  if (commits === undefined || sha === null) return []
  return [
    {
      kind: 'nothing-committed',
      tool: 'forge_list_commits',
      args: commits.args,
      path: 'commits.0.sha',
      value: sha,
    },
  ]
}

/** Only where syncs are allowed now: where a window forbids them, its opening does not invalidate the approval. */
function syncAllowed(view: SnapshotView, app: App): Precondition[] {
  const windows = view.read(questionId.syncWindows(app.name))
  if (windows === undefined || booleanAt(windows.result, 'canSync') !== true) return []
  return [
    {
      kind: 'sync-allowed',
      tool: 'delivery_read_sync_windows',
      args: windows.args,
      path: 'canSync',
      value: true,
    },
  ]
}
