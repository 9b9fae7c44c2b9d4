import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { ROOT } from './source-files.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goalixa-install-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('the overlay of docs/installing-syntra.md renders with the image, the namespace and the settings that it names', () => {
  const [, overlay = ''] = readFileSync(join(ROOT, 'docs/installing-syntra.md'), 'utf8').split(
    '```yaml\n# my-syntra/',
  )
  cpSync(join(ROOT, 'k8s'), join(folder, 'k8s'), { recursive: true })
  mkdirSync(join(folder, 'my-syntra'))
  writeFileSync(join(folder, 'my-syntra/kustomization.yaml'), `# ${overlay.split('```')[0]}`)
  const output = execFileSync('kubectl', ['kustomize', join(folder, 'my-syntra')], { encoding: 'utf8' })
  const objects = parseAllDocuments(output).map(document => document.toJS())

  const images = objects
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ spec }) => spec.template.spec.containers.map(({ image }: { image: string }) => image))
  expect(new Set(images)).toEqual(new Set(['registry.example.com/syntra:0.2.0']))
  const actors = objects.filter(
    ({ kind, metadata }) => kind.startsWith('Role') && metadata.name === 'syntra-actor',
  )
  expect(actors.map(({ kind, metadata }) => [kind, metadata.namespace]).toSorted()).toEqual([
    ['Role', 'shop-staging'],
    ['RoleBinding', 'shop-staging'],
  ])
  const settings = objects.find(({ kind }) => kind === 'ConfigMap')
  expect(settings.data).toMatchObject({
    PROMETHEUS_URL: 'http://prometheus-operated.monitoring:9090',
    ARGOCD_URL: '',
    // Or whoever can create a namespace of Goalixa's name could issue tokens for operators.
    SYNTRA_JWKS_URL: '',
    SYNTRA_APPROVERS_R3: '2',
  })
})
