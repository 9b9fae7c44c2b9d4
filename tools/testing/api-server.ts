import { createClients } from '../create-clients.ts'
import { createAnsweringServer, type ReceivedRequest } from './answering-server.ts'
import { kubeconfigFor } from './kubeconfig-for.ts'

type Routes = Record<string, (url: URL, asked: ReceivedRequest) => { status?: number; body?: unknown }>

/** An API server for tests that answers these paths as told, and 404 to all others; with clients that ask it. */
export async function createApiServer(routes: Routes) {
  const server = await createAnsweringServer(asked => {
    const url = new URL(asked.path, 'http://api')
    return (
      routes[url.pathname]?.(url, asked) ?? { status: 404, body: { kind: 'Status', message: 'not found' } }
    )
  })
  const kubeconfig = kubeconfigFor(server.url)
  return { ...server, kubeconfig, clients: createClients({ kubernetes: { kubeconfig } }) }
}

/** A list as the API gives it: its items carry no kind. */
export function listOf(...items: unknown[]) {
  return { body: { kind: 'List', metadata: {}, items } }
}
