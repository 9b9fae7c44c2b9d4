import type { App } from '../incident/view/app.ts'
import { fieldAt, numberAt, textAt } from '../incident/view/fields.ts'
import type { View } from '../incident/view/view.ts'
import type { Observed } from './proposal.ts'

/**
 * The state that an approval is bound to: the object's generation (which its status does not move), the last deployment
 * of its application, and the last commit in the application's own folder (which commits elsewhere do not move).
 */
export function observedOf(
  view: View,
  subject: { kind: string; namespace: string | null; name: string },
  app: App | null,
): Observed[] {
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

function deployed(view: View, app: App): Observed[] {
  const history = view.read(`argocd/history/${app.name}`)
  const commits = view.read(`github/commits/${app.name}`)
  const id = numberAt(history?.result, 'history.0.id')
  const sha = textAt(commits?.result, 'commits.0.sha')
  return [
    ...(history === undefined || id === null
      ? []
      : [{ tool: history.tool, args: history.args, path: 'history.0.id', value: id }]),
    ...(commits === undefined || sha === null
      ? []
      : [{ tool: commits.tool, args: commits.args, path: 'commits.0.sha', value: sha }]),
  ]
}
