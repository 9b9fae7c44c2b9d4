import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../create-clients.ts'
import { kubeconfigFor } from '../testing/kubeconfig-for.ts'
import { loadKubeconfig } from './load-kubeconfig.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each([
  [
    'text that is no YAML',
    'clusters: [\n  - {',
    'YAML with "clusters", "contexts", "users" and "current-context"',
  ],
  ['an empty file', '', 'YAML with "clusters"'],
  ['YAML of something else', 'hello: world\n', 'current-context'],
  [
    'a context that is not there',
    kubeconfigFor('http://api').replace('"current-context":"test"', '"current-context":"prod"'),
    'current-context',
  ],
  [
    'a context whose cluster is not there',
    kubeconfigFor('http://api').replace('"cluster":"test"', '"cluster":"prod"'),
    'the cluster of context test to be in "clusters", where prod is not',
  ],
  [
    'a context whose user is not there',
    kubeconfigFor('http://api').replace('"user":"test"', '"user":"bob"'),
    'the user of context test to be in "users", where bob is not',
  ],
  ['a cluster without a server', kubeconfigFor(''), 'clusters[0].cluster.server is missing'],
  ['a server without a scheme', kubeconfigFor('127.0.0.1:6443'), 'an http:// or https:// address'],
])('refuses %s, names the file and says what was expected', async (_what, text, expected) => {
  const path = join(folder, 'config')
  await writeFile(path, text)
  const load = () => createClients({ kubernetes: { kubeconfig: path } })
  expect(load).toThrow(expect.objectContaining({ kind: 'invalid', code: 'BAD_KUBECONFIG' }))
  expect(load).toThrow(path)
  expect(load).toThrow(expected)
})

it('names a file that is not there', () => {
  const path = join(folder, 'nowhere')
  expect(() => loadKubeconfig({ kubeconfig: path })).toThrow(`${path}: expected KUBECONFIG to be a file`)
})

it('names the contexts that exist when the chosen one does not', () => {
  const kubeconfig = kubeconfigWith({
    staging: 'https://staging:6443',
    production: 'https://production:6443',
  })
  expect(() => loadKubeconfig({ kubeconfig, context: 'prod' })).toThrow(
    'the inline kubeconfig: expected KUBECONFIG_CONTEXT to be one of its contexts, staging and production, but it is prod.',
  )
  expect(() => loadKubeconfig({ kubeconfig })).toThrow(
    'expected current-context to be set, or KUBECONFIG_CONTEXT: staging and production.',
  )
  const chosen = loadKubeconfig({ kubeconfig, context: 'production' })
  expect(chosen.getCurrentCluster()?.server).toBe('https://production:6443')
})

describe('several files', () => {
  it('are merged as kubectl does: the first of a name counts, and paths are relative to the file they are in', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')]
    await Promise.all([mkdir(a), mkdir(b)])
    const first = kubeconfigWith({ shared: 'https://first:6443' })
    const second = kubeconfigWith(
      { shared: 'https://second:6443', own: 'https://own:6443' },
      {
        user: {
          'client-certificate': 'own.crt',
          tokenFile: 'token',
          exec: { command: './login', apiVersion: 'v1' },
        },
      },
    )
    await writeFile(join(a, 'config'), first)
    await writeFile(join(b, 'config'), `${second.trimEnd().slice(0, -1)},"current-context":"own"}`)
    const kubeconfig = [join(a, 'config'), join(folder, 'absent'), join(b, 'config')].join(':')

    const own = loadKubeconfig({ kubeconfig })
    expect(own.getCurrentContext()).toBe('own')
    expect(own.getCurrentUser()).toMatchObject({
      certFile: join(b, 'own.crt'),
      exec: { command: join(b, 'login') },
      authProvider: { name: 'tokenFile', config: { tokenFile: join(b, 'token') } },
    })
    expect(loadKubeconfig({ kubeconfig, context: 'shared' }).getCurrentCluster()?.server).toBe(
      'https://first:6443',
    )
    const kubectl = await promisify(execFile)('kubectl', ['config', 'view', '--minify', '-o', 'json'], {
      env: { ...process.env, KUBECONFIG: kubeconfig },
    }).catch(() => undefined)
    if (kubectl) expect(JSON.parse(kubectl.stdout).clusters[0].cluster.server).toBe('https://own:6443')
  })

  it('are all named when none of them exists', () => {
    const kubeconfig = `${join(folder, 'x')}:${join(folder, 'y')}`
    expect(() => loadKubeconfig({ kubeconfig })).toThrow(
      `${kubeconfig}: expected KUBECONFIG to be files of which`,
    )
  })

  it('name the one that is faulty', async () => {
    const [good, faulty] = [join(folder, 'fine'), join(folder, 'faulty')]
    await writeFile(good, kubeconfigFor('https://api:6443'))
    await writeFile(faulty, 'clusters: [')
    expect(() => loadKubeconfig({ kubeconfig: `${good}:${faulty}` })).toThrow(
      `${faulty}: expected KUBECONFIG to be YAML`,
    )
  })
})

it('reads a file, or the text itself', async () => {
  const path = join(folder, 'good')
  await writeFile(path, kubeconfigFor('https://api:6443'))
  expect(loadKubeconfig({ kubeconfig: path }).getCurrentCluster()?.server).toBe('https://api:6443')
  const inline = loadKubeconfig({ kubeconfig: kubeconfigFor('http://api:8080') })
  expect(inline.getCurrentCluster()?.server).toBe('http://api:8080')
})

/** A kubeconfig with a context, cluster and user for each name, and no current context. */
function kubeconfigWith(servers: Record<string, string>, { user = {} }: { user?: object } = {}): string {
  const names = Object.keys(servers)
  return JSON.stringify({
    clusters: names.map(name => ({ name, cluster: { server: servers[name] } })),
    users: names.map(name => ({ name, user })),
    contexts: names.map(name => ({ name, context: { cluster: name, user: name } })),
  })
}
