import type { ResourceResult } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { keyOf, versionOf } from '../cluster/kube-object.ts'

/** Builds one entry of an operation's result. */
export function toResourceResult(object: KubeObject, fields: Partial<ResourceResult>): ResourceResult {
  const { group, kind, namespace, name } = keyOf(object)
  return { group, version: versionOf(object.apiVersion), kind, namespace, name, syncPhase: 'Sync', ...fields }
}
