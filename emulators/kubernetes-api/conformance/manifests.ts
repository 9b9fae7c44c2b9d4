import type { Json } from './json.ts'

/** Returns a ConfigMap for tests. */
export function configMap(name: string, data: Record<string, string> = {}, labels?: Record<string, string>) {
  const metadata = { name, ...(labels ? { labels } : {}) }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
}

/** Returns a valid Deployment without replicas, with `change` applied. */
export function deployment(name: string, change: (object: Json) => void = () => {}) {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'registry.example/web:1',
              ports: [{ containerPort: 8080 }],
              env: [{ name: 'A', value: '1' }],
            },
          ],
        },
      },
    },
  }
  change(object)
  return object
}
