import { columnsOf } from './columns.ts'
import { required } from './fault.ts'
import type { KubeObject } from './kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

type Rules = KubeObject & { rules?: unknown[] | null }
type Binding = KubeObject & {
  roleRef: { kind: string; name: string; apiGroup?: string }
  subjects?: { kind: string; name: string; apiGroup?: string }[]
}

const group = 'rbac.authorization.k8s.io'
const version = 'v1'
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

export const roleBindings: ResourceKind<Binding> = {
  group,
  version,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  isNamespaced: true,
  model: 'V1RoleBinding',
  nameRule: 'path',
  ...binding(),
}

export const clusterRoleBindings: ResourceKind<Binding> = {
  group,
  version,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  isNamespaced: false,
  model: 'V1ClusterRoleBinding',
  nameRule: 'path',
  ...binding(),
}

function binding(): Pick<ResourceKind<Binding>, 'columns' | 'setDefaults' | 'validate'> {
  return {
    columns: columnsOf([{ name: 'Role', read: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` }]),
    setDefaults({ roleRef, subjects = [] }) {
      if (roleRef) roleRef.apiGroup ??= group
      for (const subject of subjects) if (subject.kind !== 'ServiceAccount') subject.apiGroup ??= group
    },
    validate: ({ roleRef }) => (roleRef?.name ? [] : [required('roleRef.name')]),
  }
}
