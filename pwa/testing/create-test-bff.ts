import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { type Op, SyncRequest } from '@goalixa/core/sync/sync.schema'
import { isFieldName } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import { z } from 'zod'
import { createServerModel } from './create-server-model.ts'

const Credentials = z.object({ email: z.email(), password: z.string().min(1) })

/**
 * Creates a BFF in memory that speaks the real wire schema: accounts, a cookie, and one sync model per user. It is as strict
 * as the real one about the headers `x-gx` and `x-gx-user` and the values of fields.
 */
export function createTestBff({ now = Date.now }: { now?: () => number } = {}) {
  const users = new Map<string, { id: string; email: string; password: string }>()
  const sessions = new Map<string, string>()
  const models = new Map<string, ReturnType<typeof createServerModel>>()
  const seen: string[] = []
  const unwanted: string[] = []

  function getModel(userId: string) {
    const model =
      models.get(userId) ?? createServerModel({ now, findRejection: op => findRejection(op, unwanted) })
    models.set(userId, model)
    return model
  }

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const route = `${request.method} ${request.url}`
    seen.push(route)
    if (bff.isDown) return problem(response, 503, 'UPSTREAM_UNREACHABLE', 'auth cannot be reached.')
    if (request.method !== 'GET' && request.headers['x-gx'] !== '1')
      return problem(response, 403, 'NO_GX_HEADER')
    const token = /(?:^|; )gx_at=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const user = users.get(sessions.get(token) ?? '')
    switch (route) {
      case 'POST /bff/auth/register': {
        const account = Credentials.parse(await json(request))
        if (!users.has(account.email)) users.set(account.email, { ...account, id: randomUUID() })
        return send(response, 202, { status: 'accepted' })
      }
      case 'POST /bff/auth/login': {
        const { email, password } = Credentials.parse(await json(request))
        const known = users.get(email)
        if (known?.password !== password)
          return problem(response, 401, 'WRONG_CREDENTIALS', 'Wrong email address or password.')
        const fresh = randomUUID()
        sessions.set(fresh, email)
        response.setHeader('set-cookie', `gx_at=${fresh}; Path=/; HttpOnly; SameSite=Lax`)
        return send(response, 200, { user: { id: known.id, email } })
      }
      case 'POST /bff/auth/logout':
        sessions.delete(token)
        response.setHeader('set-cookie', 'gx_at=; Path=/; Max-Age=0')
        return send(response, 200, {})
      case 'GET /bff/auth/me':
        if (user === undefined) return problem(response, 401, 'NO_SESSION')
        return send(response, 200, { user: { id: user.id, email: user.email } })
      case 'GET /bff/auth/session':
        return send(response, 200, { user: user === undefined ? null : { id: user.id, email: user.email } })
      case 'POST /bff/sync':
        if (user === undefined) return problem(response, 401, 'NO_SESSION')
        if (request.headers['x-gx-user'] !== user.id) return problem(response, 401, 'OTHER_USER')
        return send(response, 200, getModel(user.id).sync(SyncRequest.parse(await json(request))))
      default:
        return problem(response, 404, 'NO_SUCH_ROUTE')
    }
  }

  const bff = {
    /** Whether the services behind the BFF are down. */
    isDown: false,
    handle: (request: IncomingMessage, response: ServerResponse) =>
      void handle(request, response).catch(error => problem(response, 400, 'INVALID_INPUT', String(error))),
    /** Every request so far, for example `POST /bff/sync`. */
    seen,
    addUser(email: string, password: string) {
      const user = { id: randomUUID(), email, password }
      users.set(email, user)
      return user
    },
    getModel,
    /** Returns the names of a user's tasks on the server that are not deleted. */
    taskNames: (userId: string) =>
      [...getModel(userId).rows.values()]
        .filter(({ entity, fields }) => entity === 'tasks' && fields.deleted?.value !== true)
        .map(({ fields }) => String(fields.name?.value)),
    /** Makes the server reject a text that this version of the app accepts, as a newer server may. */
    rejectText: (text: string) => void unwanted.push(text),
    endSessions: () => sessions.clear(),
  }
  return bff
}

function findRejection({ entity, field, value }: Op, unwanted: readonly unknown[]) {
  if (unwanted.includes(value)) return { code: 'INVALID_VALUE', reason: 'another text' }
  if (!isFieldName(entity, field)) return { code: 'UNKNOWN_FIELD', reason: `${field} is not a field.` }
  const reason = findFieldProblem(entity, field, value)
  return reason === undefined ? undefined : { code: 'INVALID_VALUE', reason }
}

function send(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

function problem(response: ServerResponse, status: number, code: string, detail = code) {
  send(response, status, { type: 'about:blank', title: code, status, code, detail })
}
