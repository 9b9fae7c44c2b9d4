import type { Dispatcher } from 'undici'
import { z } from 'zod'

/** The fields of a kubeconfig's user that say as whom its requests are made, besides `as`. */
export const Impersonation = z.looseObject({
  as: z.string().nullish(),
  'as-uid': z.string().nullish(),
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
})
export type Impersonation = z.infer<typeof Impersonation>

/** The headers of `as-uid`, `as-groups` and `as-user-extra`; client-node sends only the one of `as`. */
export function impersonationHeaders(user: Impersonation): Record<string, string[]> {
  const headers = {
    'impersonate-uid': user['as-uid'] ? [user['as-uid']] : [],
    'impersonate-group': user['as-groups'] ?? [],
    ...Object.fromEntries(
      Object.entries(user['as-user-extra'] ?? {}).map(([key, values]) => [
        `impersonate-extra-${escapeKey(key)}`,
        values,
      ]),
    ),
  }
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => [name, values.map(inBytes)]),
  )
}

/** Adds headers to each request. `fetch` itself would join those of one name into one, which would be a single group. */
export function withHeaders(dispatcher: Dispatcher, added: Record<string, string[]>): Dispatcher {
  if (Object.keys(added).length === 0) return dispatcher
  return dispatcher.compose(
    dispatch => (options, handler) =>
      dispatch(
        { ...options, headers: { ...(options.headers as Record<string, string>), ...added } },
        handler,
      ),
  )
}

// The API server decodes what no name of a header may contain, such as the slash of example.org/team.
function escapeKey(key: string): string {
  return encodeURIComponent(key).replace(/[()]/g, bracket => (bracket === '(' ? '%28' : '%29'))
}

// A header is written in one byte per character; the API server reads UTF-8.
function inBytes(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}
