import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findAssets, readPinnedVersion } from './find-assets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const BUILT = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

function install(place: string, ...names: string[]): string {
  const target = join(folder, place)
  mkdirSync(target, { recursive: true })
  for (const name of names) {
    writeFileSync(join(target, name), '#!/bin/sh\n')
    chmodSync(join(target, name), 0o755)
  }
  return target
}

test('finds the programs in KUBEBUILDER_ASSETS, and etcd on the PATH if the folder has none', () => {
  const assets = install('assets', ...BUILT)
  const config = { KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: folder }
  const path = `/nonexistent:${install('bin', 'etcd')}`
  expect(findAssets({ ...config, PATH: path }).etcd).toBe(join(folder, 'bin/etcd'))
  install('assets', 'etcd')
  expect(findAssets({ ...config, PATH: path })).toEqual({
    etcd: join(assets, 'etcd'),
    'kube-apiserver': join(assets, 'kube-apiserver'),
    'kube-controller-manager': join(assets, 'kube-controller-manager'),
    'kube-scheduler': join(assets, 'kube-scheduler'),
  })
})

test('finds the programs that envtest:build has put into the cache', () => {
  const cached = install(`goalixa/kubernetes-${readPinnedVersion()}`, ...BUILT, 'etcd')
  expect(findAssets({ XDG_CACHE_HOME: folder, PATH: '' })['kube-apiserver']).toBe(
    join(cached, 'kube-apiserver'),
  )
})

test('names what is missing and how to get it', () => {
  // setup-envtest of controller-runtime installs the API server and etcd only.
  const assets = install('assets', 'kube-apiserver', 'etcd')
  expect(() => findAssets({ KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: folder, PATH: '' })).toThrow(
    `KUBEBUILDER_ASSETS=${assets} lacks kube-controller-manager, kube-scheduler; expected the programs of a Kubernetes control plane: run npm run envtest:build`,
  )
  install('built', ...BUILT)
  const built = { KUBEBUILDER_ASSETS: join(folder, 'built'), XDG_CACHE_HOME: folder, PATH: '' }
  expect(() => findAssets(built)).toThrow('apt-get install etcd-server')
})
