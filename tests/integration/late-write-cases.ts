import { readFile } from 'node:fs/promises'
import type { WriteToolName } from '@goalixa/tools/catalog'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { until } from '@goalixa/tools/testing/until'
import type { Delivery } from './start-delivery.ts'

/** A step of one write tool on a target of its own. */
export type LateWrite = {
  args: Record<string, unknown>
  /** What the step has changed in the target, without what any other request could have changed. */
  effect: () => Promise<unknown>
}

const APPS = '/apis/apps/v1/namespaces'
export const ACTION_ID = 'act-1'

/** For each write tool, how to prepare a target that nobody else uses. */
export function lateWriteCases(delivery: Delivery): Record<WriteToolName, () => Promise<LateWrite>> {
  const { argocd } = delivery
  const { cluster, namespace } = argocd
  let made = 0

  async function deployment(images: string[]) {
    made += 1
    const name = `late-${made}`
    const path = `${APPS}/${namespace}/deployments`
    // biome-ignore lint/suspicious/noExplicitAny: an answer of the Kubernetes API; only what is expected is compared
    const read = () => cluster.request<any>('GET', `${path}/${name}`)
    for (const [index, image] of images.entries()) {
      const body = deploymentOf(name, image)
      await cluster.request(index === 0 ? 'POST' : 'PUT', index === 0 ? path : `${path}/${name}`, { body })
      await until(async () => {
        const { status, metadata } = await read()
        return status?.observedGeneration === metadata.generation && status.updatedReplicas === 1
      })
    }
    const { metadata } = await read()
    return {
      generation: metadata.generation as number,
      workload: { namespace, kind: 'Deployment', name },
      async effect() {
        const { spec, metadata: after } = await read()
        return { spec, generation: after.generation }
      },
    }
  }

  async function app() {
    const release = await delivery.releaseBad()
    const { name } = release
    return {
      release,
      name,
      pause: () => change(name, { spec: { syncPolicy: { automated: null } } }),
      async effect() {
        const { spec, metadata, operation, status } = await argocd.get(name)
        return {
          spec,
          annotations: metadata.annotations,
          operation,
          deployed: status.history?.at(-1)?.revision,
          version: await delivery.versionOf(name),
        }
      },
    }
  }

  async function change(name: string, patch: object) {
    const body = { name, patch: JSON.stringify(patch), patchType: 'merge' }
    await argocd.call('PATCH', `/applications/${name}`, body)
  }

  async function revert() {
    made += 1
    const good = await delivery.commit(`revert-${made}`, 'good')
    const { sha } = await delivery.commit(`revert-${made}`, 'bad', good.blob)
    const args = { repo: 'github.test/goalixa/deploy', branch: 'main', sha }
    return {
      args,
      /** Runs the tool that precedes this one. */
      open: async () =>
        delivery.toolExecutor.write('forge_open_revert', { ...args, actionId: ACTION_ID }, createWriteCall()),
      async effect() {
        const pulls: Pull[] = await delivery.github('GET', '/pulls?state=all')
        const branches: { name: string; commit: { sha: string } }[] = await delivery.github(
          'GET',
          '/branches',
        )
        return {
          pulls: pulls.map(({ number, state, merged_at, head, body }) => [
            number,
            state,
            merged_at,
            head.sha,
            body,
          ]),
          branches: branches
            .filter(({ name }) => !name.startsWith('syntra/scratch-'))
            .map(({ name, commit }) => [name, commit.sha]),
        }
      },
    }
  }

  return {
    async kubernetes_restart_workload() {
      const { workload, effect } = await deployment(['core:1'])
      return { args: workload, effect }
    },
    async kubernetes_scale_workload() {
      const { workload, effect } = await deployment(['core:1'])
      return { args: { ...workload, replicas: 3 }, effect }
    },
    async kubernetes_undo_rollout() {
      const { workload, effect, generation } = await deployment(['core:1', 'core:2'])
      const { kind: _, ...target } = workload
      return { args: { ...target, toRevision: 1, generation }, effect }
    },
    async delivery_set_auto_sync() {
      const { name, effect } = await app()
      return { args: { name, automated: null, before: { prune: true, selfHeal: false } }, effect }
    },
    // Argo CD takes no precondition: a second rollback, sync or refresh deploys the same content again.
    async delivery_rollback_app() {
      const { name, pause, effect, release } = await app()
      await pause()
      return { args: { name, id: 0, revision: release.target?.revision }, effect }
    },
    async delivery_sync_app() {
      const { name, pause, effect } = await app()
      await pause()
      return { args: { name }, effect }
    },
    async delivery_refresh_app() {
      const { name, effect } = await app()
      return { args: { name }, effect }
    },
    async delivery_terminate_operation() {
      const { name, pause, effect } = await app()
      await pause()
      await blockSyncs(delivery, true)
      await argocd.call('POST', `/applications/${name}/rollback`, { name, id: 0, prune: false })
      await argocd.until(name, ({ status }) => status.operationState?.phase === 'Running')
      return { args: { name, rollbackTo: 0 }, effect }
    },
    async forge_open_revert() {
      return revert()
    },
    async forge_merge_revert() {
      const { open, ...prepared } = await revert()
      await open()
      return prepared
    },
    async forge_close_revert() {
      const { open, args, effect } = await revert()
      return { args: { repo: args.repo, ...((await open()) as object) }, effect }
    },
  }
}

type Pull = { number: number; state: string; merged_at: string | null; head: { sha: string }; body: string }

/** Where the cluster behind a delivery is, and the token for it. */
export async function clusterOf({ argocd }: Delivery): Promise<{ url: string; token: string }> {
  const { clusters, users } = JSON.parse(await readFile(argocd.kubeconfig, 'utf8'))
  return { url: clusters[0].cluster.server, token: users[0].user.token }
}

/** Closes or opens a sync window for all applications. */
export async function blockSyncs({ argocd }: Delivery, isBlocked: boolean): Promise<void> {
  const window = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }
  const spec = { syncWindows: isBlocked ? [window] : [] }
  await argocd.call('PUT', '/projects/default', { project: { metadata: { name: 'default' }, spec } })
}

function deploymentOf(name: string, image: string) {
  return {
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'core', image }] } },
    },
  }
}
