import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './source-files.ts'

const manifests = execFileSync('git', ['ls-files', '*package.json'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .map(path => ({ path, manifest: JSON.parse(readFileSync(ROOT + path, 'utf8')) }))
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))

it('every workspace has the version of the repository', () => {
  expect(manifests.filter(({ manifest }) => manifest.version !== version).map(({ path }) => path)).toEqual([])
})

it('every workspace declares the licence of the repository', () => {
  expect(readFileSync(`${ROOT}LICENSE`, 'utf8')).toContain('Apache License')
  const otherwise = manifests.filter(({ manifest }) => manifest.license !== 'Apache-2.0')
  expect(otherwise.map(({ path }) => path)).toEqual([])
})

it('the manifests name the image of this version of Syntra', () => {
  const { images } = parse(readFileSync(`${ROOT}k8s/syntra/kustomization.yaml`, 'utf8'))
  expect(images).toEqual([{ name: 'harbor.goalixa.com/goalixa/syntra', newTag: version }])
})

it('the changelog has a section for this version', () => {
  expect(readFileSync(`${ROOT}CHANGELOG.md`, 'utf8')).toContain(`\n## ${version} (`)
})
