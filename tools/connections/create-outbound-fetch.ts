import type { RequestInit as UndiciInit, Response as UndiciResponse } from 'undici'
import type { Connection, SettingNames } from './connection.ts'
import { createEndpoint, type Endpoint } from './create-endpoint.ts'

/**
 * A `fetch` for libraries that make their own calls: through the proxy, with the certificates and headers of a connection. Rejects with
 * an ExpectedError that has the reason of the lowest layer, also for a login page; redirects are not followed.
 */
export function createOutboundFetch(
  system: string,
  connection: Omit<Connection, 'url'>,
  names: SettingNames,
): typeof fetch {
  const endpoints = new Map<string, Endpoint>()
  const endpointOf = (origin: string) => {
    const known = endpoints.get(origin) ?? createEndpoint(system, { ...connection, url: origin }, names)
    endpoints.set(origin, known)
    return known
  }

  return async (input, init = {}) => {
    const { href, origin } = new URL(input instanceof Request ? input.url : input)
    const endpoint = endpointOf(origin)
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...endpoint.headers() }
    const response = await endpoint.fetch(href, { ...(init as UndiciInit), headers }).catch(cause => {
      init.signal?.throwIfAborted()
      throw endpoint.unreachable(cause)
    })
    await rejectPage(endpoint, response)
    // undici's own class, whose parts are those of the global one.
    return response as unknown as Response
  }
}

async function rejectPage(endpoint: Endpoint, response: UndiciResponse): Promise<void> {
  const { status, headers } = response
  const contentType = headers.get('content-type')
  const isRedirect = status >= 300 && status < 400
  if (!isRedirect && !/\bhtml\b/i.test(contentType ?? '')) return
  const text = isRedirect ? '' : await response.clone().text()
  const failure = endpoint.failureOfPage({ status, contentType, location: headers.get('location'), text })
  if (failure === undefined) return
  await response.body?.cancel()
  throw failure
}
