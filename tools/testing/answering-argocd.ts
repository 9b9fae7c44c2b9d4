import { createClients } from '../create-clients.ts'
import { createAnsweringServer, type ReceivedRequest } from './answering-server.ts'
import type { application } from './argocd-application.ts'
import { GOOD } from './argocd-application.ts'

type Fixture = ReturnType<typeof application>
type Answer = { status?: number; body?: unknown }

/** Argo CD with one application, which `onWrite` may change before the write is answered, and clients for the account `syntra`. */
export async function createAnsweringArgocd(
  app: object,
  onWrite: (asked: ReceivedRequest, app: Fixture) => unknown = () => undefined,
) {
  const state = structuredClone(app) as Fixture
  const server = await createAnsweringServer(asked => {
    // Since 2.10 nothing but JSON is taken, not even a DELETE without a body.
    if (asked.method !== 'GET' && asked.headers['content-type'] !== 'application/json')
      return { status: 415, body: 'Invalid content type\n' }
    if (asked.path.endsWith('/session/userinfo')) return { body: { loggedIn: true, username: 'syntra' } }
    const answer = asked.method === 'GET' ? undefined : onWrite(asked, state)
    return isAnswer(answer) ? answer : { body: state }
  })
  const clients = createClients({ argocd: { url: server.url, token: 'argo-token' } })
  const writes = () => server.asked.filter(({ method }) => method !== 'GET')
  return { server, clients, state, writes, close: () => server.close() }
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'number'
}

/** The operation of a rollback to history entry 4 of the fixture, requested by `username`. */
export const rollbackOperation = (username = 'syntra') => ({
  sync: { revision: GOOD, syncStrategy: { apply: {} } },
  initiatedBy: { username },
})

/** The state of an operation in an application's status. */
export const operationState = (phase: string, operation: object, message = '') => ({
  operationState: { phase, message, operation },
})
