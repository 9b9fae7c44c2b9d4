import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'

type Rules = KubeObject & { rules?: unknown[] | null }

export const group = 'rbac.authorization.k8s.io'

export const version = 'v1'

const CREATED = { name: 'Created At', read: ({ metadata }: KubeObject) => metadata.creationTimestamp }

const NAME = { name: 'Name', format: 'name', read: ({ metadata }: KubeObject) => metadata.name }

export const roles: ResourceKind<Rules> = {
  group,
  version,
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  isNamespaced: true,
  model: 'V1Role',
  nameRule: 'path',
  columns: [NAME, CREATED],
}

export const clusterRoles: ResourceKind<Rules> = {
  group,
  version,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  isNamespaced: false,
  model: 'V1ClusterRole',
  nameRule: 'path',
  columns: [NAME, CREATED],
}
