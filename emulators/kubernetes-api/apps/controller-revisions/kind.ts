import { columnsOf } from '../../meta/columns.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

export type ControllerRevision = KubeObject & { revision: number; data?: unknown }

export const controllerRevisions: ResourceKind<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  isNamespaced: true,
  model: 'V1ControllerRevision',
  columns: columnsOf([
    { name: 'Controller', read: ({ metadata }) => ownerText(metadata.ownerReferences) },
    { name: 'Revision', type: 'integer', read: ({ revision }) => revision },
  ]),
}

function ownerText(
  owners: { kind: string; name: string; controller?: boolean; apiVersion: string }[] = [],
): string {
  const owner = owners.find(owner => owner.controller)
  if (!owner) return '<none>'
  return `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}`
}
