import type { ClusterClient } from './create-cluster-client.ts'
import { NAMESPACE } from './settings.ts'

/**
 * Creates the objects that a platform team provides before any app: the namespace, the database's Service, the secrets.
 */
export async function seedCluster({
  kubernetes,
  database,
}: {
  kubernetes: ClusterClient
  database: { ip: string; port: number }
}) {
  const inNamespace = (plural: string) => `/api/v1/namespaces/${NAMESPACE}/${plural}`
  await kubernetes.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  })
  // PostgreSQL runs outside the cluster: a Service without a selector and manual Endpoints.
  await kubernetes.create(inNamespace('services'), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'postgres', labels: { 'app.kubernetes.io/part-of': 'goalixa' } },
    spec: { ports: [{ name: 'postgres', port: 5432, targetPort: database.port }] },
  })
  await kubernetes.create(inNamespace('endpoints'), {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'postgres' },
    subsets: [{ addresses: [{ ip: database.ip }], ports: [{ name: 'postgres', port: database.port }] }],
  })
  for (const { name, database: databaseName } of [
    { name: 'auth', database: 'authdb' },
    { name: 'core', database: 'goalixa' },
  ]) {
    await kubernetes.create(inNamespace('secrets'), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-database` },
      type: 'Opaque',
      data: {
        url: Buffer.from(`postgres://${name}:${name}@postgres:5432/${databaseName}`).toString('base64'),
      },
    })
  }
}
