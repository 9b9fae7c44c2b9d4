import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { createInterface } from 'node:readline'
import { createLog } from '@goalixa/chassis/log'
import { KubeConfig } from '@kubernetes/client-node'
import { createControlPlane } from '../create-control-plane.ts'
import { conformanceConfig } from './config.ts'
import type { Json } from './json.ts'
import { runTestNode, TEST_NODE } from './run-test-node.ts'

export type Answer = { code: number; body: Json; headers: IncomingMessage['headers'] }
type Options = { type?: string; accept?: string; token?: string }

const TOKEN = 'conformance-token'
const READER_TOKEN = 'conformance-reader'

/**
 * Connects to the API under test: the emulator with a small node or, with CONFORMANCE_KUBECONFIG, a real cluster. In
 * both cases the tests get a namespace of their own, which `stop` deletes.
 */
export async function connect() {
  const kubeconfig = conformanceConfig.CONFORMANCE_KUBECONFIG
  const target = await (kubeconfig ? realTarget(kubeconfig) : emulatedTarget())
  const namespace = `conformance-${randomBytes(4).toString('hex')}`

  function open(
    method: string,
    path: string,
    body: unknown,
    { type, accept, token }: Options,
  ): Promise<IncomingMessage> {
    const url = new URL(path, target.url)
    const { headers, ...credentials } = target.options
    // A client certificate counts more than a token.
    const options = token === undefined ? credentials : { ca: credentials.ca }
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const outgoing = send(url, {
        ...options,
        method,
        headers: {
          ...(headers as Record<string, string>),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          accept: accept ?? 'application/json',
          ...(text === undefined
            ? {}
            : { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      })
      outgoing.once('response', resolve).once('error', reject).end(text)
    })
  }

  async function request(
    method: string,
    path: string,
    body?: unknown,
    options: Options = {},
  ): Promise<Answer> {
    const message = await open(method, path, body, options)
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const isJson = message.headers['content-type']?.includes('json')
    return { code: message.statusCode ?? 0, body: isJson ? JSON.parse(text) : text, headers: message.headers }
  }

  const api = {
    isReal: kubeconfig !== undefined,
    /** Whether pods run on `runTestNode`, so that tests may rely on what it does and write statuses themselves. */
    hasTestNode: false,
    /** The minor version, for features that came with it. */
    minorVersion: 0,
    url: target.url,
    token: TOKEN,
    readerToken: READER_TOKEN,
    certificate: target.certificate,
    namespace,
    request,
    core: (path: string) => `/api/v1/namespaces/${namespace}/${path}`,
    apps: (path: string) => `/apis/apps/v1/namespaces/${namespace}/${path}`,
    group: (group: string, path: string) => `/apis/${group}/namespaces/${namespace}/${path}`,

    /** Collects the events of a watch as they arrive; ends when `stop` is called. */
    async watch(path: string, options: Options = {}) {
      const message = await open('GET', path, undefined, options)
      const events: { type: string; object: Json }[] = []
      const lines = createInterface({ input: message })
      lines.on('line', line => events.push(JSON.parse(line)))
      message.on('error', () => lines.close())
      return { events, stop: () => message.destroy() }
    },

    /** Polls until the response is as expected. Throws with the last response after some seconds. */
    async until(
      path: string,
      isExpected: (body: Json) => boolean,
      timeoutMs = kubeconfig ? 90_000 : 10_000,
    ): Promise<Json> {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const { body } = await request('GET', path)
        if (isExpected(body)) return body
        if (Date.now() > deadline)
          throw new Error(`${path} did not reach the expected state: ${JSON.stringify(body)}`)
        await new Promise(resolve => setTimeout(resolve, kubeconfig ? 500 : 20))
      }
    },

    async stop() {
      await request('DELETE', `/api/v1/namespaces/${namespace}`)
      await target.stop()
    },
  }
  await request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  api.minorVersion = Number.parseInt((await request('GET', '/version')).body.minor, 10)
  const { items } = (await request('GET', '/api/v1/nodes')).body
  if (!items?.length)
    throw new Error(
      `${kubeconfig}: the cluster has no node; expected one on which pods run: use a cluster with nodes or, for a control plane alone, set KUBEBUILDER_ASSETS in place of CONFORMANCE_KUBECONFIG.`,
    )
  api.hasTestNode = items.some(({ metadata }: Json) => metadata.name === TEST_NODE)
  // Until then pods are refused. The emulator has no service accounts.
  if (api.isReal) await api.until(api.core('serviceaccounts/default'), ({ metadata }) => metadata.name)
  return api
}
export type Api = Awaited<ReturnType<typeof connect>>

type Target = { url: string; certificate: string; options: RequestOptions; stop(): Promise<void> }

async function emulatedTarget(): Promise<Target> {
  const controlPlane = createControlPlane({
    token: TOKEN,
    readerToken: READER_TOKEN,
    log: createLog({ service: 'control-plane', level: 'error' }),
  })
  const { url, certificate } = await controlPlane.start()
  const headers = { authorization: `Bearer ${TOKEN}` }
  const node = await runTestNode({ access: { server: url, headers, tls: {} } })
  const stop = async () => {
    await node.stop()
    await controlPlane.stop()
  }
  return { url, certificate, options: { headers }, stop }
}

// Reads certificates, tokens and credential plugins from a kubeconfig like the official client.
async function realTarget(file: string): Promise<Target> {
  const config = new KubeConfig()
  config.loadFromFile(file)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`${file} has no current cluster`)
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  return { url: cluster.server, certificate: '', options, stop: async () => {} }
}
