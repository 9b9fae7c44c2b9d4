import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { PROXY_REFUSED } from './network-reason.ts'
import type { TlsOptions } from './tls-options.ts'

/** Connections of `fetch` to one system, through a proxy (http, https or socks5) if there is one. */
export function createDispatcher(proxy: string | undefined, tls: TlsOptions): Dispatcher {
  // Load balancers of clouds drop connections that are idle for 60 seconds.
  const keepAlive = { keepAlive: true, keepAliveInitialDelay: 30_000 }
  if (proxy === undefined) return new Agent({ connect: { ...tls, ...keepAlive } })
  // For a SOCKS proxy any `proxyTls` would mean TLS to the proxy.
  if (proxy.startsWith('socks')) return new ProxyAgent({ uri: proxy, requestTls: tls })
  return new ProxyAgent({ uri: proxy, requestTls: tls, proxyTls: keepAlive, clientFactory: createTunnels })
}

/** Connections to the proxy. undici drops the status with which a proxy refuses a tunnel; here it becomes part of the error. */
function createTunnels(origin: URL, options: object): Dispatcher {
  const pool = new Pool(origin, options)
  const connect = pool.connect.bind(pool)
  const connectOrThrow = async (parameters: Dispatcher.ConnectOptions) => {
    const tunnel = await connect(parameters)
    if (tunnel.statusCode === 200) return tunnel
    tunnel.socket.on('error', () => {}).destroy()
    throw Object.assign(new Error('The proxy opened no tunnel.'), {
      code: PROXY_REFUSED,
      statusCode: tunnel.statusCode,
    })
  }
  return Object.assign(pool, { connect: connectOrThrow })
}
