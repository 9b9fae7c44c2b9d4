import type { Precondition } from '@goalixa/agents/devops/precondition'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import { ACTION_ID_ANNOTATION } from '@goalixa/tools/action-id-annotation'
import type { Question } from '@goalixa/tools/evidence'
import { z } from 'zod'
import type { Targets } from '../system/start-targets.ts'

export const deploymentPath = (service: string) =>
  `/apis/apps/v1/namespaces/${service}/deployments/${service}`

/** Creates a namespace with one Deployment, and resolves once its first ReplicaSet exists. */
export async function createDeployment({ kubernetes }: Targets, service: string, replicas: number) {
  await kubernetes('POST', '/api/v1/namespaces', { metadata: { name: service } })
  await kubernetes('POST', `/apis/apps/v1/namespaces/${service}/deployments`, {
    metadata: { name: service, namespace: service },
    spec: {
      replicas,
      selector: { matchLabels: { app: service } },
      template: templateOf(service, 1),
    },
  })
  await revisionReached(kubernetes, service, 1)
}

/** Releases the second version, and resolves once it has a ReplicaSet. */
export async function releaseDeployment({ kubernetes }: Targets, service: string) {
  const body = { spec: { template: templateOf(service, 2) } }
  await kubernetes('PATCH', deploymentPath(service), body, 'application/merge-patch+json')
  await revisionReached(kubernetes, service, 2)
}

export async function generationIn({ kubernetes }: Targets, service: string): Promise<number> {
  return (await kubernetes('GET', deploymentPath(service))).metadata.generation
}

export function deploymentQuestion(service: string): Question {
  return {
    id: `object/${service}`,
    tool: 'kubernetes_get_object',
    args: { namespace: service, kind: 'Deployment', name: service },
    why: 'the workload of the alert',
  }
}

const Deployment = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number() }),
})

export type ReadDeployment = z.infer<typeof Deployment>

/** What was read of the Deployment; undefined if it was not. */
export function readDeployment(service: string, { objects }: Snapshot): ReadDeployment | undefined {
  const found = objects.find(({ object }) => object.kind === 'Deployment' && object.metadata.name === service)
  return Deployment.safeParse(found?.object).data
}

/** The Deployment's spec is as it was read. */
export function deploymentUnchanged(service: string, generation: number): Precondition {
  return {
    kind: 'object-unchanged',
    tool: 'kubernetes_get_object',
    args: { namespace: service, kind: 'Deployment', name: service },
    path: 'object.metadata.generation',
    value: generation,
  }
}

/**
 * Writes an action's id on a Deployment, like someone who wants Syntra to believe that it has already acted; for a restart, on the pod
 * template, where it looks for that. Resolves with how many generations this added.
 */
export async function tamperWithActionId(
  targets: Targets,
  service: string,
  actionId: string,
): Promise<number> {
  const before = await generationIn(targets, service)
  const annotations = { [ACTION_ID_ANNOTATION]: actionId }
  const body = service.startsWith('restart-')
    ? { spec: { template: { metadata: { annotations } } } }
    : { metadata: { annotations } }
  await targets.kubernetes('PATCH', deploymentPath(service), body, 'application/merge-patch+json')
  return (await generationIn(targets, service)) - before
}

function templateOf(service: string, version: number) {
  return {
    metadata: { labels: { app: service } },
    spec: { containers: [{ name: 'main', image: `registry.example/${service}:${version}` }] },
  }
}

function revisionReached(kubernetes: Targets['kubernetes'], service: string, revisions: number) {
  return waitUntil(
    async () =>
      (await kubernetes('GET', `/apis/apps/v1/namespaces/${service}/replicasets`)).items.length >= revisions,
    { what: `revision ${revisions} of ${service}`, timeoutMs: 30_000 },
  )
}
