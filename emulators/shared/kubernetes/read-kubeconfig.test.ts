import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readKubeconfig } from './read-kubeconfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'goalixa-kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(content: object) {
  const file = join(folder, 'config')
  writeFileSync(file, JSON.stringify(content))
  return readKubeconfig(file)
}
const valid = {
  'current-context': 'here',
  contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  clusters: [
    { name: 'c', cluster: { server: 'https://10.0.0.1:6443/', 'certificate-authority-data': 'Y2E=' } },
  ],
  users: [{ name: 'u', user: { token: 'secret' } }],
}

test('reads the server and the credentials from the current context', () => {
  const access = read(valid)
  expect(access).toMatchObject({
    server: 'https://10.0.0.1:6443',
    headers: { authorization: 'Bearer secret' },
  })
  expect(access.tls).toMatchObject({ ca: Buffer.from('ca'), rejectUnauthorized: true })
})

test('rejects an invalid file and names the invalid field', () => {
  expect(() => read({ ...valid, users: [] })).toThrow('users has no entry named u')
  expect(() => read({ ...valid, clusters: [{ name: 'c', cluster: {} }] })).toThrow(
    /clusters\[0\]\.cluster\.server/,
  )
})
