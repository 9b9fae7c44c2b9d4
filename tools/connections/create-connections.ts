import http from 'node:http'
import https from 'node:https'
import { type Connections, KEEP_ALIVE } from '@goalixa/chassis/send-request'
import type { TlsOptions } from './tls-options.ts'

/** Connections of `node:http` to one system, through a proxy if there is one. */
export function createConnections(url: string, proxy: string | undefined, tls: TlsOptions): Connections {
  const options = {
    ...tls,
    ...(proxy !== undefined && { proxyEnv: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } }),
  }
  const { Agent } = url.startsWith('https:') ? https : http
  return { kept: new Agent({ ...options, ...KEEP_ALIVE }), fresh: () => new Agent(options) }
}
