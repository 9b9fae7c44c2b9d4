import { ExpectedError } from '@goalixa/chassis/errors'
import type { Connections } from '@goalixa/chassis/send-request'
import { type Dispatcher, fetch as fetchThrough, type RequestInit, type Response } from 'undici'
import { chooseProxy } from './choose-proxy.ts'
import type { Connection, SettingNames } from './connection.ts'
import { createConnections } from './create-connections.ts'
import { createDispatcher } from './create-dispatcher.ts'
import { failureOfPage } from './login-page.ts'
import { readConnectionFile, readPem } from './read-connection-file.ts'
import type { TlsOptions } from './tls-options.ts'
import { unreachable } from './unreachable.ts'

/**
 * One system with everything that its connection settings say: for clients of `node:http` as agents, for those that want a `fetch` as
 * one. Opens no connection yet. Files are read at each call, so that a renewed certificate or token needs no restart.
 */
export function createEndpoint(system: string, connection: Connection, names: SettingNames) {
  const { baseUrl, authorization } = splitUrl(connection.url)
  const proxy = chooseProxy(baseUrl, connection.proxies ?? {})
  const connectionsFor = keepLatest((tls: TlsOptions) => createConnections(baseUrl, proxy, tls))
  const dispatcherFor = keepLatest((tls: TlsOptions) => createDispatcher(proxy, tls), close)

  return {
    system,
    names,
    /** Without credentials. */
    baseUrl,
    /** The headers of a request: the configured ones and the credentials. */
    headers(): Record<string, string> {
      const { token, tokenFile, headers } = connection
      const bearer = tokenFile ? readConnectionFile(tokenFile, `The token of ${system}`).trim() : token
      return {
        ...(authorization && { authorization }),
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...headers,
      }
    },
    connections: (): Connections => connectionsFor(readTls(system, connection)),
    /** Redirects are answers. Rejects with `unavailable` where there is no connection, and with the signal's reason. */
    async fetch(url: string, init: RequestInit): Promise<Response> {
      const dispatcher = dispatcherFor(readTls(system, connection))
      return fetchThrough(url, { ...init, redirect: 'manual', dispatcher })
    },
    /** A failure of the HTTP client, with the reason of the lowest layer in place of "cannot be reached". */
    explain: (error: unknown): unknown =>
      error instanceof ExpectedError && error.code === 'UPSTREAM_UNREACHABLE'
        ? unreachable({ system, url: baseUrl, proxy, names }, error.cause)
        : error,
    unreachable: (cause: unknown): ExpectedError =>
      unreachable({ system, url: baseUrl, proxy, names }, cause),
    failureOfPage: (answer: Parameters<typeof failureOfPage>[3]) =>
      failureOfPage(system, baseUrl, names, answer),
  }
}
export type Endpoint = ReturnType<typeof createEndpoint>

function splitUrl(url: string): { baseUrl: string; authorization: string | undefined } {
  const parsed = new URL(url)
  const { username, password } = parsed
  if (username === '' && password === '') return { baseUrl: url, authorization: undefined }
  parsed.username = ''
  parsed.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { baseUrl: parsed.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function readTls(system: string, { ca, clientCertificate, clientKey }: Connection): TlsOptions {
  const cert = clientCertificate && readPem(clientCertificate, `The client certificate for ${system}`)
  return {
    ...(ca && { ca: readPem(ca, `The certificate authority of ${system}`) }),
    ...(cert && { cert, key: clientKey ? readPem(clientKey, `The client key for ${system}`) : cert }),
  }
}

/** Creates a value again only when what it is made from has changed. */
function keepLatest<T>(create: (tls: TlsOptions) => T, drop: (old: T) => void = () => {}) {
  let latest: { key: string; value: T } | undefined
  return (tls: TlsOptions): T => {
    const key = JSON.stringify(tls)
    if (latest?.key === key) return latest.value
    if (latest !== undefined) drop(latest.value)
    latest = { key, value: create(tls) }
    return latest.value
  }
}

/** Lets running requests end. */
function close(dispatcher: Dispatcher): void {
  dispatcher.close().catch(() => {})
}
