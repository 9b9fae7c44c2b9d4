import { findTool } from '../catalog.ts'
import type { Connection } from '../connections/connection.ts'
import { createClients, type ToolSettings } from '../create-clients.ts'

export type SystemRead = {
  system: string
  tool: string
  args: object
  /** What a read sends to the system, below the address. */
  path: string
  answer: unknown
  settings: (connection: Connection) => ToolSettings
}

/** One read of each system: all of them are reached in the same ways, and fail in the same words. */
export const SYSTEMS: SystemRead[] = [
  {
    system: 'Prometheus',
    tool: 'prometheus_list_targets',
    args: {},
    path: '/api/v1/targets',
    answer: { status: 'success', data: { activeTargets: [] } },
    settings: prometheus => ({ prometheus }),
  },
  {
    system: 'Alertmanager',
    tool: 'alertmanager_list_alerts',
    args: {},
    path: '/api/v2/alerts',
    answer: [],
    settings: alertmanager => ({ alertmanager }),
  },
  {
    system: 'Argo CD',
    tool: 'delivery_list_apps',
    args: {},
    path: '/api/v1/applications',
    answer: { items: [] },
    settings: argocd => ({ argocd }),
  },
  {
    system: 'GitHub',
    tool: 'forge_list_commits',
    args: { repo: 'github.test/shop/deploy' },
    path: '/repos/shop/deploy/commits',
    answer: [],
    settings: github => ({ github: { ...github, gitHosts: ['github.test'] } }),
  },
  {
    system: 'Kubernetes',
    tool: 'kubernetes_list_events',
    args: { namespace: 'shop' },
    path: '/api/v1/namespaces/shop/events',
    answer: { items: [], metadata: {} },
    settings: ({ url, token, ca, clientCertificate, clientKey, proxies }) => ({
      kubernetes: { kubeconfig: kubeconfigOf({ url, token, ca, clientCertificate, clientKey }), proxies },
    }),
  },
]

/** Makes the read of a system over a connection. */
export function readSystem({ tool, args, settings }: SystemRead, connection: Connection): Promise<unknown> {
  const found = findTool(tool)
  if (found.effect !== 'read') throw new Error(`${tool} does not read`)
  return found.run(args, createClients(settings(connection)), new AbortController().signal)
}

function kubeconfigOf({ url, token, ca, clientCertificate, clientKey }: Connection): string {
  const base64 = (pem: string | undefined) => pem && Buffer.from(pem).toString('base64')
  return JSON.stringify({
    'current-context': 'corp',
    clusters: [{ name: 'corp', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: 'corp',
        user: {
          token,
          'client-certificate-data': base64(clientCertificate),
          'client-key-data': base64(clientKey),
        },
      },
    ],
    contexts: [{ name: 'corp', context: { cluster: 'corp', user: 'corp' } }],
  })
}
