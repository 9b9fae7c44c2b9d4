import { readFile } from 'node:fs/promises'
import { parseQuantity } from '@goalixa/tools/kubernetes/parse-quantity'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const MANIFEST = new URL('../k8s/syntra/worker.yaml', import.meta.url)

const Container = z.object({
  command: z.array(z.string()),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
})
const Deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.tuple([Container]) }) }) }),
})

/** How a worker runs in a cluster. */
export type WorkerManifest = {
  /** Node's flags, which decide how much memory it takes before it collects garbage. */
  nodeFlags: string[]
  /** The memory limit of the container. */
  memoryLimitBytes: number
}

/** Reads how a worker runs in a cluster from k8s/syntra/worker.yaml. Throws if the manifest does not say it. */
export async function readWorkerManifest(): Promise<WorkerManifest> {
  const documents = parseAllDocuments(await readFile(MANIFEST, 'utf8')).map(document => document.toJS())
  const deployment = documents
    .map(document => Deployment.safeParse(document).data)
    .find(found => found !== undefined)
  const [container] = deployment?.spec.template.spec.containers ?? []
  const memoryLimitBytes = parseQuantity(container?.resources.limits.memory)
  const nodeFlags = container?.command.filter(argument => argument.startsWith('--')) ?? []
  if (!(memoryLimitBytes > 0) || nodeFlags.length === 0)
    throw new Error(
      'k8s/syntra/worker.yaml: expected a Deployment with one container, a command `node --flag … syntra/worker.ts` and a memory limit.',
    )
  return { nodeFlags, memoryLimitBytes }
}
