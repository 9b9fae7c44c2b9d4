import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { configMaps } from '../config-maps/kind.ts'
import { serviceAccounts } from '../service-accounts/kind.ts'
import { namespaces } from './kind.ts'

/**
 * Creates the `default` service account and root certificate map of every namespace, and empties a namespace that is
 * being deleted.
 */
export function runNamespaceController(context: Context): Running {
  const { cluster } = context
  return runController({
    name: 'namespace',
    context,
    interests: [
      on(namespaces, namespace => [keyOf(namespace)]),
      on(serviceAccounts, ({ metadata }, { type }) => (type === 'DELETED' ? [`/${metadata.namespace}`] : [])),
    ],
    reconcile(key, queue) {
      const { name } = parseKey(key)
      const namespace = cluster.find(namespaces, undefined, name)
      if (!namespace) return
      if (!namespace.metadata.deletionTimestamp) return addDefaultObjects(context, name)
      if (deleteContent(context, name))
        cluster.mutate(
          namespaces,
          namespace,
          draft => {
            draft.spec.finalizers = []
          },
          { subresource: 'finalize' },
        )
      // Pods take time to terminate, and no event announces that the last object is gone.
      else queue.addAfter(key, 500)
    },
  })
}

function addDefaultObjects({ cluster }: Context, namespace: string) {
  if (!cluster.find(serviceAccounts, namespace, 'default'))
    cluster.create(serviceAccounts, { metadata: { name: 'default', namespace } })
  if (!cluster.find(configMaps, namespace, 'kube-root-ca.crt'))
    cluster.create(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace }, data: { 'ca.crt': '' } })
}

/** Deletes all content; returns whether the namespace is empty. */
function deleteContent({ cluster }: Context, namespace: string): boolean {
  const content = cluster.kinds
    .filter(kind => kind.isNamespaced)
    .flatMap(kind => cluster.list(kind, namespace).map(object => ({ kind, object })))
  for (const { kind, object } of content)
    if (!object.metadata.deletionTimestamp)
      cluster.remove(kind, namespace, object.metadata.name, { propagationPolicy: 'Background' })
  return cluster.kinds.every(kind => !kind.isNamespaced || cluster.list(kind, namespace).length === 0)
}
