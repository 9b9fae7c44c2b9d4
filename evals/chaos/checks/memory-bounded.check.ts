import { readFile } from 'node:fs/promises'
import { parseQuantity } from '@goalixa/tools/kubernetes/parse-quantity'
import { parseAllDocuments } from 'yaml'
import type { Check } from './check.ts'

const MANIFEST = new URL('../../../k8s/syntra/worker.yaml', import.meta.url)

export const memoryBounded: Check = {
  name: 'memory-bounded',
  promise: "no worker ever held more memory than its manifest's limit",
  async run({ system: { workers } }) {
    const limit = await memoryLimit()
    return {
      checked: workers.length,
      violations: workers
        .filter(({ process }) => process.peakBytes() > limit)
        .map(({ name, process }) => ({
          id: name,
          message: `${name} held ${megabytes(process.peakBytes())}, and its limit is ${megabytes(limit)}`,
          lookAt: process.logFile,
        })),
    }
  },
}

/** The limit of the worker's container, in bytes. */
export async function memoryLimit(): Promise<number> {
  const documents = parseAllDocuments(await readFile(MANIFEST, 'utf8'))
  const [deployment] = documents.map(document => document.toJS())
  const limit = parseQuantity(deployment.spec.template.spec.containers[0].resources.limits.memory)
  if (limit === null) throw new Error(`${MANIFEST.pathname} has no memory limit of the worker.`)
  return limit
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`
}
