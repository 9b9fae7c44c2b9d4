import { columnsOf } from '../../meta/columns.ts'
import { required } from '../../meta/field-error.ts'
import type { KubeObject } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { group, version } from '../roles/kind.ts'

type Binding = KubeObject & {
  roleRef: { kind: string; name: string; apiGroup?: string }
  subjects?: { kind: string; name: string; apiGroup?: string }[]
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
