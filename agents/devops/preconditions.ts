import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import { booleanAt, fieldAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Precondition } from './precondition.ts'

type Target = { kind: string; namespace: string | null; name: string }

/** The state that an approval is bound to, as far as it was read; empty if even the object itself was not. */
export function preconditionsFor(view: SnapshotView, target: Target, app: App | null): Precondition[] {
  return [
    ...objectUnchanged(view, target),
    ...(app === null
      ? []
      : [
          ...nothingDeployed(view, app),
          ...nothingCommitted(view, app),
          // An operation that has ended counts for nothing: what it deployed is in the history.
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

/** By its generation, which its status does not change, or where it has none by its resourceVersion. */
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

/** In the application's own folder: commits elsewhere change nothing of it. */
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

/** Only where syncs are allowed: a window that forbids them may open, and what was known to wait for it need not wait. */
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
