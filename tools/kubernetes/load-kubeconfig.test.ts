import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

it('reads a file, or the text itself', async () => {
  const path = join(folder, 'good')
  await writeFile(path, kubeconfigFor('https://api:6443'))
  expect(loadKubeconfig({ kubeconfig: path }).getCurrentCluster()?.server).toBe('https://api:6443')
  const inline = loadKubeconfig({ kubeconfig: kubeconfigFor('http://api:8080') })
  expect(inline.getCurrentCluster()?.server).toBe('http://api:8080')
})
