import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { fetch } from 'undici'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Proxies } from '../connections/connection.ts'
import { remedyOfStatus } from '../connections/remedy-of-status.ts'
import { createClients } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { type CertificateAuthority, createCertificateAuthority } from '../testing/certificate-authority.ts'
import { startProxy } from '../testing/start-proxy.ts'
import { startSocksProxy } from '../testing/start-socks-proxy.ts'
import { createClusterAccess } from './cluster-access.ts'

const HOST = 'api.corp.test'
let folder: string
let company: CertificateAuthority
let server: Awaited<ReturnType<typeof createAnsweringServer>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cluster-'))
  company = await createCertificateAuthority('Corp Root CA')
  server = await createAnsweringServer(
    () => ({ body: { items: [], metadata: {} } }),
    await company.issue([HOST]),
  )
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

afterEach(() => vi.unstubAllEnvs())

const ca = () => ({ 'certificate-authority-data': Buffer.from(company.ca).toString('base64') })

/** Lists pods with the cluster and user entries of a kubeconfig. */
function listWith(cluster: object, user: object = {}, proxies?: Proxies) {
  const kubeconfig = JSON.stringify({
    'current-context': 'corp',
    clusters: [{ name: 'corp', cluster: { server: `https://${HOST}`, ...ca(), ...cluster } }],
    users: [{ name: 'corp', user }],
    contexts: [{ name: 'corp', context: { cluster: 'corp', user: 'corp' } }],
  })
  const { kubernetes } = createClients({ kubernetes: { kubeconfig, proxies } })
  return () => kubernetes.list('Pod', 'shop', new AbortController().signal)
}

it('goes through the proxy that the cluster names, in place of the one of the network', async () => {
  const [named, general] = await Promise.all([
    startProxy({ hosts: { [HOST]: server.port } }),
    startProxy({ hosts: {} }),
  ])
  await listWith({ 'proxy-url': named.url }, {}, { https: general.url })()
  expect([named.seen, general.seen]).toEqual([[`CONNECT ${HOST}:443`], []])
  await named.close()
  await expect(listWith({ 'proxy-url': named.url }, {}, { https: general.url })()).rejects.toThrow(
    `Kubernetes cannot be reached at https://${HOST} through the proxy http://${named.host}: ECONNREFUSED ${named.host}. Check "proxy-url" of the cluster in the kubeconfig.`,
  )
  await general.close()
})

it('goes through a SOCKS proxy, and names the protocols of proxies where there is another', async () => {
  const socks = await startSocksProxy({ [HOST]: server.port })
  await listWith({ 'proxy-url': socks.url })()
  expect(socks.seen).toEqual([HOST])
  expect(() => listWith({ 'proxy-url': 'socks4://proxy:1080' })).toThrow(
    'expected clusters[].cluster.proxy-url to be an http://, https:// or socks5:// address',
  )
})

it('checks the certificate for the name that the cluster gives, or not at all if it says so', async () => {
  const local = { server: server.url }
  await expect(listWith(local)()).rejects.toMatchObject({ code: 'UPSTREAM_UNTRUSTED' })
  await listWith({ ...local, 'tls-server-name': HOST })()
  await listWith({ ...local, 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true })()
})

it('signs in with a user and password, or with the token that a file contains at the time', async () => {
  const cluster = { server: server.url, 'tls-server-name': HOST }
  await listWith(cluster, { username: 'syntra', password: 'pw' })()
  expect(server.asked.at(-1)?.headers.authorization).toBe(`Basic ${btoa('syntra:pw')}`)
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, 'from-file')
  await listWith(cluster, { tokenFile })()
  expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer from-file')
})

it('makes its requests as the user, uid and groups that the user entry names, through a proxy as well', async () => {
  const proxy = await startProxy({ hosts: { [HOST]: server.port } })
  const user = {
    token: 't',
    as: 'jane',
    'as-uid': '06f6ce97',
    'as-groups': ['developers', 'équipe, one'],
    'as-user-extra': { 'example.org/team': ['shop', 'core'], scopes: ['view'] },
  }
  const lines = [
    ['impersonate-user', 'jane'],
    ['impersonate-uid', '06f6ce97'],
    ['impersonate-group', 'developers'],
    ['impersonate-group', Buffer.from('équipe, one').toString('latin1')],
    ['impersonate-extra-example.org%2fteam', 'shop'],
    ['impersonate-extra-example.org%2fteam', 'core'],
    ['impersonate-extra-scopes', 'view'],
  ]
  for (const cluster of [{ server: server.url, 'tls-server-name': HOST }, { 'proxy-url': proxy.url }]) {
    await listWith(cluster, user)()
    const sent = server.asked.at(-1)?.headerLines.map(([name, value]) => [name.toLowerCase(), value])
    expect(sent?.filter(([name]) => name?.startsWith('impersonate-'))).toEqual(lines)
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer t')
  }
  await proxy.close()
})

it('refuses groups without a user to be, as kubectl does', () => {
  expect(() => listWith({}, { 'as-groups': ['developers'] })).toThrow(
    'the inline kubeconfig: expected "as" of user corp to be set with "as-uid", "as-groups" or "as-user-extra".',
  )
})

it('names the file of credentials that is not there', async () => {
  const list = listWith({ server: server.url }, { tokenFile: join(folder, 'absent') })
  await expect(list()).rejects.toMatchObject({
    kind: 'unauthenticated',
    code: 'NO_CREDENTIALS',
    message: expect.stringMatching(
      /^The credentials for Kubernetes cannot be used: ENOENT: no such file or directory, open '.*absent'\. Check the user/,
    ),
  })
})

it('says in a pod without a service account that its token is not mounted', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '10.96.0.1')
  vi.stubEnv('KUBERNETES_SERVICE_PORT', '443')
  const { kubernetes } = createClients({ kubernetes: { inCluster: true } })
  await expect(kubernetes.list('Pod', 'shop', new AbortController().signal)).rejects.toThrow(
    /^The credentials for Kubernetes cannot be used: ENOENT.*serviceaccount.* Check that the token of the pod's service account is mounted \(automountServiceAccountToken\)\.$/,
  )
})

it('names in a pod what the kubelet gives it, and never a kubeconfig', async () => {
  const access = await accessInPod()
  const { headers, dispatcher } = await access.authenticate(new AbortController().signal)
  expect(new Headers(headers).get('authorization')).toBe('Bearer of-the-pod')
  const failure = await fetch(access.server, { dispatcher }).then(
    () => undefined,
    (cause: unknown) => access.unreachable(cause),
  )
  expect(failure?.message).toMatch(
    /ECONNREFUSED 127\.0\.0\.1:\d+\. Check KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT of the pod, and the network policy/,
  )
  expect(remedyOfStatus(403, access.names)).toBe("Grant it to the pod's service account.")
  expect(remedyOfStatus(401, access.names)).toMatch(/^Check the token of the pod's service account: /)
  expect(JSON.stringify(access.names)).not.toContain('kubeconfig')
})

/** With the files that the kubelet mounts in a pod, and an API server that refuses connections. */
async function accessInPod() {
  const mount = join(folder, 'var/run/secrets/kubernetes.io/serviceaccount')
  await mkdir(mount, { recursive: true })
  await writeFile(join(mount, 'token'), 'of-the-pod')
  await writeFile(join(mount, 'ca.crt'), company.ca)
  const closed = await createAnsweringServer(() => ({}))
  await closed.close()
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1')
  vi.stubEnv('KUBERNETES_SERVICE_PORT', String(closed.port))
  const config = new KubeConfig()
  config.loadFromCluster(folder)
  return createClusterAccess(config, { inCluster: true })
}
