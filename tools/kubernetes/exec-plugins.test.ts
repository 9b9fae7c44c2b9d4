import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createClients } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { ToolConfig, toolSettingsOf } from '../tool-config.ts'

type Server = Awaited<ReturnType<typeof createAnsweringServer>>

let folder: string
let server: Server
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  server = await createAnsweringServer(({ headers }) =>
    headers.authorization === 'Bearer expired'
      ? { status: 401, body: { message: 'Unauthorized' } }
      : { body: { items: [], metadata: {} } },
  )
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

afterEach(() => vi.unstubAllEnvs())

/** A real plugin: a shell script with the given body. */
async function pluginOf(name: string, body: string) {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

function clientFor(exec: object, timeouts: { timeoutMs?: number; pluginTimeoutMs?: number } = {}) {
  const kubeconfig = JSON.stringify({
    'current-context': 'eks',
    clusters: [{ name: 'eks', cluster: { server: server.url } }],
    users: [{ name: 'eks', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', ...exec } } }],
    contexts: [{ name: 'eks', context: { cluster: 'eks', user: 'eks' } }],
  })
  const settings = toolSettingsOf(ToolConfig.parse({ KUBECONFIG: kubeconfig })).kubernetes
  const { kubernetes } = createClients({ kubernetes: { ...settings, ...timeouts } })
  return (signal = new AbortController().signal) => kubernetes.list('Pod', 'shop', signal)
}

const credential = (status: string) => `echo '{"kind":"ExecCredential","status":${status}}'`

it('shows what a plugin that fails wrote, on one line and without secrets', async () => {
  const command = await pluginOf(
    'aws',
    'echo "Unable to locate credentials. You can configure credentials by running \\"aws configure\\"." >&2\necho "password=hunter22222" >&2\nexit 253',
  )
  await expect(clientFor({ command })()).rejects.toMatchObject({
    kind: 'unauthenticated',
    code: 'NO_CREDENTIALS',
    message: `The exec plugin ${command} in the kubeconfig gave no credentials for Kubernetes: it exited with 253: Unable to locate credentials. You can configure credentials by running "aws configure". password=[redacted].`,
  })
})

it("gives a plugin the environment of Syntra without Syntra's own secrets, unless the kubeconfig gives them", async () => {
  vi.stubEnv('GITHUB_TOKEN', 'own-github-token')
  vi.stubEnv('PROMETHEUS_HEADERS', 'X-Key=own-header')
  vi.stubEnv('ARGOCD_TOKEN', 'own-argocd-token')
  vi.stubEnv('KUBECONFIG', '{"users": "own-kubeconfig"}')
  vi.stubEnv('AWS_PROFILE', 'production')
  vi.stubEnv('HTTPS_PROXY', 'http://proxy.corp:3128')
  const seen = join(folder, 'environment')
  const command = await pluginOf('curious', `env > ${seen}\n${credential('{"token":"good"}')}`)
  await clientFor({ command, env: [{ name: 'ARGOCD_TOKEN', value: 'of-the-plugin' }] })()
  const environment = await readFile(seen, 'utf8')
  expect(environment).toMatch(/^AWS_PROFILE=production$/m)
  expect(environment).toMatch(/^HTTPS_PROXY=http:\/\/proxy\.corp:3128$/m)
  expect(environment).toMatch(/^PATH=/m)
  expect(environment).toMatch(/^ARGOCD_TOKEN=of-the-plugin$/m)
  expect(environment).not.toMatch(/own-/)
})

it('quotes no secret from what a plugin wrote, in whatever words it stands', async () => {
  vi.stubEnv('AWS_SESSION_TOKEN', 'plain-words')
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/etc/google/key.json')
  const command = await pluginOf(
    'talkative',
    [
      'echo "refused $AWS_SESSION_TOKEN and $CLIENT_SECRET, also $2" >&2',
      'echo "session token IQoJb3JpZ2luX2VjEPT1" >&2',
      'echo "no such file $GOOGLE_APPLICATION_CREDENTIALS" >&2\nexit 1',
    ].join('\n'),
  )
  const env = [{ name: 'CLIENT_SECRET', value: 'kubeconfig-words' }]
  const failure = await clientFor({ command, args: ['--client-secret', 'argument-words'], env })().catch(
    error => error,
  )
  expect(failure.message).toContain(
    'it exited with 1: refused [redacted] and [redacted], also [redacted] session token [redacted] no such file /etc/google/key.json.',
  )
  expect(inspect(failure)).not.toMatch(/-words|IQoJ/)
})

it('says that a plugin is not installed, with the hint of the kubeconfig', async () => {
  const list = clientFor({ command: 'no-such-plugin', installHint: 'Install it from https://plugins.test.' })
  await expect(list()).rejects.toThrow(
    'The exec plugin no-such-plugin in the kubeconfig gave no credentials for Kubernetes: it is not installed where Syntra runs (ENOENT). Install it from https://plugins.test.',
  )
})

it('does not show what a plugin printed in place of credentials', async () => {
  const command = await pluginOf('chatty', 'echo "your token is Zx81kqPw77"')
  const failure = await clientFor({ command })().catch(error => error)
  expect(failure.message).toContain('it printed no ExecCredential with a status.')
  expect(inspect(failure)).not.toContain('Zx81kqPw77')
})

it('uses one run of a plugin for many requests, with the environment that the kubeconfig gives', async () => {
  const runs = join(folder, 'runs')
  const command = await pluginOf(
    'counted',
    `echo "$PROFILE $KUBERNETES_EXEC_INFO" >> ${runs}\n${credential('{"token":"good"}')}`,
  )
  const list = clientFor({ command, env: [{ name: 'PROFILE', value: 'production' }] })
  await Promise.all([list(), list(), list()])
  await list()
  const lines = (await readFile(runs, 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(
    /^production \{"apiVersion":"client.authentication.k8s.io\/v1","kind":"ExecCredential"/,
  )
  expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer good')
})

it('runs the plugin again when the API server refuses what it gave before', async () => {
  const state = join(folder, 'state')
  const command = await pluginOf(
    'rotating',
    `if [ -e ${state} ]; then ${credential('{"token":"renewed"}')}; else touch ${state}; ${credential('{"token":"expired"}')}; fi`,
  )
  await clientFor({ command })()
  expect(server.asked.slice(-2).map(({ headers }) => headers.authorization)).toEqual([
    'Bearer expired',
    'Bearer renewed',
  ])
})

it('reports an expired token that the plugin does not renew', async () => {
  const command = await pluginOf('stale', credential('{"token":"expired"}'))
  await expect(clientFor({ command })()).rejects.toThrow(
    'Kubernetes answered 401: Unauthorized. Check user eks of the kubeconfig: the credentials are missing, wrong or expired.',
  )
})

it('runs the plugin again when its credential has expired', async () => {
  const runs = join(folder, 'short-lived')
  const command = await pluginOf(
    'short',
    `echo run >> ${runs}\n${credential('{"token":"good","expirationTimestamp":"2020-01-01T00:00:00Z"}')}`,
  )
  const list = clientFor({ command })
  await list()
  await list()
  expect((await readFile(runs, 'utf8')).trim().split('\n')).toHaveLength(2)
})

it('does not count the time of a plugin against the request', async () => {
  const command = await pluginOf('slow', `sleep 1.5\n${credential('{"token":"good"}')}`)
  await clientFor({ command }, { timeoutMs: 1_000 })()
  expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer good')
})

it('ends a plugin that has had its time, even one that ignores requests to end', async () => {
  const command = await pluginOf('stuck', "trap '' TERM\nsleep 4\nsleep 4")
  await expect(clientFor({ command }, { pluginTimeoutMs: 500 })()).rejects.toMatchObject({
    kind: 'unauthenticated',
    code: 'NO_CREDENTIALS',
    message: `The exec plugin ${command} in the kubeconfig gave no credentials for Kubernetes: it did not end within 0.5 seconds.`,
  })
})

it('names a plugin that is not done when the deadline of a read passes, and keeps what it gives for the next', async () => {
  const runs = join(folder, 'outlived')
  const command = await pluginOf('late', `echo run >> ${runs}\nsleep 1\n${credential('{"token":"good"}')}`)
  const list = clientFor({ command })
  await expect(list(AbortSignal.timeout(200))).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'UPSTREAM_TIMEOUT',
    message: `The exec plugin ${command} in the kubeconfig did not answer in time.`,
  })
  await list()
  expect((await readFile(runs, 'utf8')).trim().split('\n')).toHaveLength(1)
})
