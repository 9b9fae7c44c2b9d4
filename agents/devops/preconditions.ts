import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { App } from '../snapshot/objects/delivery-app.ts'
import { booleanAt, fieldAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Precondition } from './proposal.ts'

/**
 * The state that an approval is bound to: the object's generation (which its status does not move), the last deployment
 * of its application, the last commit in the application's own folder (which commits elsewhere do not move), that no operation
 * of Argo CD runs (which one that has ended does not move), and that no sync window has closed.
 */
export function preconditionsFor(
  view: SnapshotView,
  subject: { kind: string; namespace: string | null; name: string },
  app: App | null,
): Precondition[] {
  const object = view.objectNamed(subject.kind, subject.name)?.object
  const field = numberAt(object, 'metadata.generation') === null ? 'resourceVersion' : 'generation'
  const value = fieldAt(object, `metadata.${field}`)
  const isKnown = typeof value === 'string' || typeof value === 'number'
  return [
    ...(isKnown
      ? [
          {
            tool: 'kubernetes_get_object',
            args: {
              namespace: subject.namespace ?? view.namespace ?? '',
              kind: subject.kind,
              name: subject.name,
            },
            path: `object.metadata.${field}`,
            value,
          },
        ]
      : []),
    ...(app === null ? [] : deployed(view, app)),
  ]
}

function deployed(view: SnapshotView, app: App): Precondition[] {
  const history = view.read(questionId.deliveryHistory(app.name))
  const commits = view.read(questionId.commits(app.name))
  const windows = view.read(questionId.syncWindows(app.name))
  const id = numberAt(history?.result, 'history.0.id')
  const sha = stringAt(commits?.result, 'commits.0.sha')
  return [
    ...(history === undefined || id === null
      ? []
      : [{ tool: history.tool, args: history.args, path: 'history.0.id', value: id }]),
    ...(commits === undefined || sha === null
      ? []
      : [{ tool: commits.tool, args: commits.args, path: 'commits.0.sha', value: sha }]),
    { tool: 'delivery_get_app', args: { name: app.name }, path: 'isOperating', value: false },
    // A window that forbids syncs may open: what was known to wait for it does not wait any more.
    ...(windows === undefined || booleanAt(windows.result, 'canSync') !== true
      ? []
      : [{ tool: windows.tool, args: windows.args, path: 'canSync', value: true }]),
  ]
}
