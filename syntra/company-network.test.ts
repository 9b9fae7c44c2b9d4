import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { createCertificateAuthority } from '@goalixa/tools/testing/certificate-authority'
import { startProxy } from '@goalixa/tools/testing/start-proxy'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDependencies } from './composition/create-dependencies.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { testConfig } from './testing/test-config.ts'

let postgres: TestPostgres
let folder: string
beforeAll(async () => {
  postgres = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'company-'))
})
afterAll(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true })
})
const open: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(open.splice(0).map(thing => thing.close())))

async function serve(...given: Parameters<typeof createAnsweringServer>) {
  const server = await createAnsweringServer(...given)
  open.push(server)
  return server
}

/** Delivers an alert to a Syntra with these settings, and returns what became of it. */
async function diagnose(settings: Record<string, string>) {
  const databaseUrl = await postgres.createDatabase()
  const config = testConfig(databaseUrl, settings)
  const syntra = await startSyntra({ databaseUrl, settings, dependencies: await createDependencies(config) })
  try {
    await syntra.deliver([{}])
    const page = await syntra.until(
      '/v1/incidents',
      body => body.incidents?.[0]?.investigation?.state === 'done',
      30_000,
    )
    const [incident] = page.incidents
    const { body: investigation } = await syntra.get(`/v1/investigations/${incident.investigation.id}`)
    const { body: report } = await syntra.get(`/v1/incidents/${incident.id}/report?format=markdown`)
    const { body: timeline } = await syntra.get(`/v1/incidents/${incident.id}/timeline`)
    const messages: string[] = timeline.lines.map((line: { message: string }) => line.message)
    return {
      incident,
      verdict: investigation.verdict,
      reads: investigation.reads,
      report: report.text,
      messages,
    }
  } finally {
    await syntra.stop()
  }
}

async function pluginThat(name: string, script: string) {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return { command: path, apiVersion: 'client.authentication.k8s.io/v1' }
}

test('the verdict of an alert names each source that could not be read, with the reason of the lowest layer', async () => {
  const exec = await pluginThat('aws', 'echo "Unable to locate credentials" >&2; exit 253')
  const company = await createCertificateAuthority('Corp Root CA')
  const login = await serve(() => ({
    body: '<html><title>Sign in to Corp</title></html>',
    headers: { 'content-type': 'text/html' },
  }))
  const argocd = await serve(() => ({}), await company.issue(['localhost']))
  const { incident, verdict, report } = await diagnose({
    KUBECONFIG: kubeconfigWith({ server: 'https://eks.corp.test' }, { exec }),
    PROMETHEUS_URL: login.url,
    ARGOCD_URL: argocd.url.replace('127.0.0.1', 'localhost'),
  })
  expect(incident.alerts.firing).toBe(1)
  expect(verdict.outcome).toBe('inconclusive')
  for (const sentence of [
    'Prometheus sent the login page “Sign in to Corp” in place of an answer: single sign-on protects the address. Set PROMETHEUS_URL to',
    `Syntra could not read objects/workloads, events, objects/nodes and 2 more: The exec plugin ${exec.command} in the kubeconfig gave no credentials for Kubernetes: it exited with 253: Unable to locate credentials.`,
    `Syntra could not read delivery/apps: Argo CD cannot be reached at https://localhost:${argocd.port}: unable to verify the first certificate. Set ARGOCD_CA to`,
  ])
    expect(verdict.message).toContain(sentence)
  expect(report).toMatch(
    /- delivery\/apps: Argo CD cannot be reached .*unable to verify the first certificate/,
  )
}, 60_000)

test('a cluster that forbids everything and a missing tenant are told from systems that are not configured', async () => {
  const cluster = await serve(({ path }) => ({
    status: 403,
    body: { message: `User "syntra" cannot list resource at ${path.split('?')[0]}` },
  }))
  const mimir = await serve(({ headers }) =>
    headers['x-scope-orgid'] ? { body: {} } : { status: 401, body: 'no org id\n' },
  )
  const { verdict, reads, report, messages } = await diagnose({
    KUBECONFIG: kubeconfigWith({ server: cluster.url }, { token: 'of-syntra' }),
    PROMETHEUS_URL: `${mimir.url}/prometheus`,
  })
  expect(verdict.message).toMatch(
    /Syntra could not read objects\/workloads, .*: Kubernetes answered 403: User "syntra" cannot list resource at \/api\/v1\/\S+ Grant it to the account of user corp of the kubeconfig\./,
  )
  expect(verdict.message).toContain(
    'Prometheus answered 401: no org id. Check PROMETHEUS_TOKEN or PROMETHEUS_HEADERS: the credentials are missing, wrong or expired.',
  )
  expect(verdict.message).toMatch(/ Argo CD is not configured: set ARGOCD_URL\.$/)
  expect(reads.notConfigured).toBe(1)
  expect(report).toMatch(/## Not configured\n\n- delivery\/apps: Argo CD is not configured/)
  expect(messages.filter(message => /could not read \w+: Argo CD/.test(message))).toEqual([])
}, 60_000)

test('a proxy that asks for credentials and an expired token are told as such, without secrets', async () => {
  const cluster = await serve(() => ({ status: 401, body: { message: 'token has expired' } }))
  const proxy = await startProxy({ hosts: {}, credentials: 'syntra:right-pass' })
  open.push(proxy)
  const { verdict, report, messages } = await diagnose({
    KUBECONFIG: kubeconfigWith({ server: cluster.url }, { token: 'expired-token' }),
    PROMETHEUS_URL: 'https://prometheus.corp.test',
    PROMETHEUS_HEADERS: 'X-Scope-OrgID=secret-tenant',
    HTTPS_PROXY: proxy.url.replace('right-pass', 'wr0ng-pass'),
  })
  expect(verdict.message).toContain(
    'Kubernetes answered 401: token has expired. Check user corp of the kubeconfig',
  )
  expect(verdict.message).toContain(
    `Prometheus cannot be reached at https://prometheus.corp.test through the proxy http://${proxy.host}: the proxy answered 407. Add user:password@`,
  )
  const shown = JSON.stringify([verdict, report, messages])
  for (const secret of ['wr0ng-pass', 'expired-token', 'secret-tenant']) expect(shown).not.toContain(secret)
}, 60_000)

test('with the settings of the network everything is read', async () => {
  const company = await createCertificateAuthority('Corp Root CA')
  const certificate = await company.issue(['mimir.corp.test', 'eks.corp.test'])
  const mimir = await serve(({ path, headers }) => {
    if (headers['x-scope-orgid'] !== 'shop') return { status: 401, body: 'no org id\n' }
    if (!path.startsWith('/prometheus/api/v1/')) return { status: 404, body: 'not here' }
    return { body: { status: 'success', data: prometheusData(path) } }
  }, certificate)
  const cluster = await serve(({ path, headers }) => {
    if (headers.authorization !== 'Bearer from-plugin')
      return { status: 401, body: { message: 'Unauthorized' } }
    return { body: { metadata: path === '/api/v1/namespaces/shop' ? { name: 'shop' } : {}, items: [] } }
  }, certificate)
  const proxy = await startProxy({
    hosts: { 'mimir.corp.test': mimir.port, 'eks.corp.test': cluster.port },
    credentials: 'syntra:right-pass',
  })
  open.push(proxy)
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, company.ca)
  const exec = await pluginThat('eks', `echo '{"kind":"ExecCredential","status":{"token":"from-plugin"}}'`)
  const files = [join(folder, 'contexts'), join(folder, 'clusters')]
  const text = kubeconfigWith(
    { server: 'https://eks.corp.test', 'certificate-authority': 'ca.pem' },
    { exec },
  )
  const { contexts, ...rest } = JSON.parse(text)
  await writeFile(files[0] ?? '', JSON.stringify({ contexts }))
  await writeFile(files[1] ?? '', JSON.stringify({ ...rest, 'current-context': undefined }))

  const { reads, verdict } = await diagnose({
    KUBECONFIG: files.join(':'),
    KUBECONFIG_CONTEXT: 'corp',
    PROMETHEUS_URL: 'https://mimir.corp.test/prometheus',
    PROMETHEUS_HEADERS: 'X-Scope-OrgID=shop',
    PROMETHEUS_CA: ca,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '10.0.0.0/8',
  })
  expect(verdict.unread.filter(({ code }: { code?: string }) => code !== 'NOT_CONFIGURED')).toEqual([])
  expect(reads.couldNotRead).toBe(reads.notConfigured)
  expect(new Set(proxy.seen)).toEqual(new Set(['CONNECT mimir.corp.test:443', 'CONNECT eks.corp.test:443']))
}, 60_000)

function kubeconfigWith(cluster: object, user: object): string {
  return JSON.stringify({
    'current-context': 'corp',
    clusters: [{ name: 'corp', cluster }],
    users: [{ name: 'corp', user }],
    contexts: [{ name: 'corp', context: { cluster: 'corp', user: 'corp' } }],
  })
}

/** What a Prometheus without alerts, rules and series answers. */
function prometheusData(path: string) {
  const { pathname, searchParams } = new URL(path, 'http://prometheus')
  if (pathname.endsWith('/alerts')) return { alerts: [] }
  if (pathname.endsWith('/rules')) return { groups: [] }
  if (pathname.endsWith('/status/runtimeinfo')) return { startTime: '1970-01-01T00:00:00Z' }
  if (searchParams.get('query') === 'time()') return { resultType: 'scalar', result: [0, '0'] }
  return { resultType: pathname.endsWith('/query_range') ? 'matrix' : 'vector', result: [] }
}
