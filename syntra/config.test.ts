import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secretSettingsOf } from '@goalixa/chassis/config'
import { createCertificateAuthority } from '@goalixa/tools/testing/certificate-authority'
import { toolSettingsOf } from '@goalixa/tools/tool-config'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SyntraConfig } from './config.ts'
import { testConfig } from './testing/test-config.ts'

let folder: string
let ca: string
let client: { cert: string; key: string }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'))
  const company = await createCertificateAuthority('Corp Root CA')
  ca = join(folder, 'ca.pem')
  client = await company.issue(['syntra'])
  await writeFile(ca, company.ca)
  await writeFile(join(folder, 'empty.pem'), 'nothing\n')
})
afterAll(() => rm(folder, { recursive: true }))

const configOf = (settings: Record<string, string>) => testConfig('postgres://syntra@db/syntra', settings)

it('marks every setting that holds a secret, so that no command which Syntra runs gets it', () => {
  const marked = secretSettingsOf(SyntraConfig)
  const named = Object.keys(SyntraConfig.shape).filter(name => /_(TOKEN|SECRET|KEYS?|HEADERS)$/.test(name))
  expect(marked).toEqual(expect.arrayContaining([...named, 'DATABASE_URL', 'REDIS_URL']))
  expect(marked).not.toEqual(expect.arrayContaining(['HTTPS_PROXY']))
})

it('reads the connection of a system from settings with one prefix', () => {
  const settings = toolSettingsOf(
    configOf({
      PROMETHEUS_URL: 'https://mimir.corp/prometheus',
      PROMETHEUS_TOKEN: 'abc',
      PROMETHEUS_HEADERS: 'X-Scope-OrgID=shop|core, X-Note=a%2Cb=c',
      PROMETHEUS_CA: ca,
      PROMETHEUS_CLIENT_CERT: client.cert,
      PROMETHEUS_CLIENT_KEY: client.key,
      HTTPS_PROXY: 'http://proxy.corp:3128',
      no_proxy: '10.0.0.0/8',
    }),
  )
  expect(settings.prometheus).toEqual({
    url: 'https://mimir.corp/prometheus',
    token: 'abc',
    headers: { 'x-scope-orgid': 'shop|core', 'x-note': 'a,b=c' },
    ca,
    clientCertificate: client.cert,
    clientKey: client.key,
    proxies: { https: 'http://proxy.corp:3128', except: '10.0.0.0/8' },
  })
  expect(settings).toMatchObject({ alertmanager: undefined, argocd: undefined, github: undefined })
})

it.each([
  [{ GITHUB_TOKEN: 't' }, { url: 'https://api.github.com', token: 't' }],
  [{ GITHUB_URL: 'https://github.corp/api/v3' }, { url: 'https://github.corp/api/v3' }],
  [
    { GITHUB_APP_ID: '7', GITHUB_APP_INSTALLATION_ID: '8', GITHUB_APP_PRIVATE_KEY: 'key' },
    { url: 'https://api.github.com', app: { appId: '7', installationId: '8', privateKey: 'key' } },
  ],
])('takes GitHub for configured with %o', (settings, github) => {
  expect(toolSettingsOf(configOf(settings)).github).toMatchObject(github)
})

const PEM = 'expected a certificate in PEM, or the path of a file with it'
it.each([
  [{ PROMETHEUS_CA: '/nowhere/ca.pem' }, 'ENOENT /nowhere/ca.pem', PEM],
  [{ ARGOCD_CA: 'empty.pem' }, PEM, 'ARGOCD_CA'],
  [{ SYNTRA_MODEL_CA: 'empty.pem' }, PEM, 'SYNTRA_MODEL_CA'],
  [{ GITHUB_CLIENT_KEY: 'empty.pem' }, 'expected a client certificate as well', 'GITHUB_CLIENT_KEY'],
  [
    { PROMETHEUS_HEADERS: 'X-Scope-OrgID: s3cret' },
    'header 1 is not valid; expected Name=value',
    'PROMETHEUS_HEADERS',
  ],
  [{ PROMETHEUS_HEADERS: 'A=b,X Y=s3cret' }, 'header 2 is not valid', 'PROMETHEUS_HEADERS'],
  [
    { PROMETHEUS_TOKEN: 's3cret', PROMETHEUS_HEADERS: 'Authorization=Basic s3cret' },
    'expected one way to sign in',
    'PROMETHEUS_TOKEN',
  ],
  [{ PROMETHEUS_TOKEN_FILE: '/nowhere/token' }, 'ENOENT /nowhere/token', 'PROMETHEUS_TOKEN_FILE'],
  [{ HTTPS_PROXY: 'socks5://u:s3cret@proxy:1080' }, 'expected http://proxy:3128', 'HTTPS_PROXY'],
  [{ GITHUB_APP_ID: '7' }, 'expected with GITHUB_APP_ID', 'GITHUB_APP_PRIVATE_KEY'],
  [
    {
      GITHUB_TOKEN: 's3cret',
      GITHUB_APP_ID: '7',
      GITHUB_APP_INSTALLATION_ID: '8',
      GITHUB_APP_PRIVATE_KEY: 'k',
    },
    'expected either a token or a GitHub App',
    'GITHUB_APP_ID',
  ],
])('refuses %o at startup without repeating a secret', (given, ...expected) => {
  const settings: Record<string, string> = {
    PROMETHEUS_URL: 'https://prometheus.corp',
    ARGOCD_URL: 'https://argocd.corp',
    GITHUB_URL: 'https://github.corp/api/v3',
    ...given,
  }
  for (const [name, value] of Object.entries(settings))
    if (value === 'empty.pem') settings[name] = join(folder, value)
  const read = () => configOf(settings)
  for (const text of expected) expect(read).toThrow(text)
  expect(read).not.toThrow('s3cret')
})

it('refuses a key that belongs to another certificate', async () => {
  const other = await (await createCertificateAuthority('Another CA')).issue(['syntra'])
  const settings = {
    PROMETHEUS_URL: 'https://prometheus.corp',
    PROMETHEUS_CLIENT_CERT: client.cert,
    PROMETHEUS_CLIENT_KEY: other.key,
  }
  expect(() => configOf(settings)).toThrow(/PROMETHEUS_CLIENT_KEY/)
  expect(() => configOf(settings)).toThrow(/expected the key of the client certificate, in PEM/)
})

it('refuses a kubeconfig without the context, and names those that exist', async () => {
  const kubeconfig = join(folder, 'kubeconfig')
  const cluster = { server: 'https://api:6443' }
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
      contexts: ['staging', 'production'].map(name => ({ name, context: { cluster: 'c', user: 'u' } })),
    }),
  )
  expect(() => configOf({ KUBECONFIG: kubeconfig, KUBECONFIG_CONTEXT: 'prod' })).toThrow(
    `${kubeconfig}: expected KUBECONFIG_CONTEXT to be one of its contexts, staging and production, but it is prod.`,
  )
  expect(configOf({ KUBECONFIG: kubeconfig, KUBECONFIG_CONTEXT: 'production' }).KUBECONFIG).toBe(kubeconfig)
})
