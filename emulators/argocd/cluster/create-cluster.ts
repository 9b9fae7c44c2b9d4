import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Metadata } from '@goalixa/emulators-shared/kubernetes/objects'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { type Watcher, watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import { createKinds } from './create-kinds.ts'
import { type KubeObject, keyOf, keyText } from './kube-object.ts'

const FIELD_MANAGER = 'argocd-controller'

type Live = KubeObject & { metadata: Metadata }
type Options = { kubeconfig: string; log: Log; onChange: (object: KubeObject) => void }

/** Creates the view of the cluster: a live copy of the watched kinds, and writes. */
export function createCluster({ kubeconfig, log, onChange }: Options) {
  const client = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: FIELD_MANAGER })
  const kinds = createKinds(client)
  const watchers = new Map<
    string,
    { apiVersion: string; kind: string; watcher: Watcher<Live>; isReady: Promise<void> }
  >()

  async function pathTo({ apiVersion, kind, metadata }: KubeObject, hasName: boolean): Promise<string> {
    const { path } = await kinds.find(apiVersion, kind, metadata.namespace)
    return hasName ? `${path}/${encodeURIComponent(metadata.name)}` : path
  }

  return {
    isNamespaced: async (apiVersion: string, kind: string) =>
      (await kinds.find(apiVersion, kind, '')).isNamespaced,

    /**
     * Watches a kind in a namespace from now on; resolves when its objects are known. Throws ExpectedError for an
     * unknown kind.
     */
    async follow(apiVersion: string, kind: string, namespace: string): Promise<void> {
      const { path } = await kinds.find(apiVersion, kind, namespace)
      const known = watchers.get(path)
      if (known) return known.isReady
      const watcher = watchObjects<Live>({
        client,
        path,
        log,
        onChange: (_change, object) => onChange(withKind(object)),
      })
      const withKind = (object: Live): Live => ({ ...object, apiVersion, kind })
      const isReady = watcher.start()
      watchers.set(path, { apiVersion, kind, watcher, isReady })
      await isReady
    },

    /** Returns all watched objects. */
    list(): KubeObject[] {
      const all = [...watchers.values()].flatMap(({ apiVersion, kind, watcher }) =>
        // Items of a list have no kind and apiVersion; the list has them.
        watcher.list().map(object => ({ ...object, apiVersion, kind })),
      )
      return [...new Map(all.map(object => [keyText(keyOf(object)), object])).values()]
    },

    /** Reads the current object, bypassing the live copy; null if there is none. */
    async read(object: KubeObject): Promise<KubeObject | null> {
      try {
        return await client.request<KubeObject>('GET', await pathTo(object, true))
      } catch (error) {
        if (error instanceof ExpectedError && error.kind === 'missing') return null
        throw error
      }
    },
    create: async (object: KubeObject, isDryRun: boolean) =>
      client.request<KubeObject>('POST', await pathTo(object, false), {
        query: queryOf(isDryRun),
        body: object,
      }),
    replace: async (object: KubeObject, isDryRun: boolean) =>
      client.request<KubeObject>('PUT', await pathTo(object, true), {
        query: queryOf(isDryRun),
        body: object,
      }),
    async remove(object: KubeObject): Promise<void> {
      const path = await pathTo(object, true)
      await client.request('DELETE', path, {
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' },
      })
    },

    stop() {
      for (const { watcher } of watchers.values()) watcher.stop()
      client.close()
    },
  }
}
export type Cluster = ReturnType<typeof createCluster>

function queryOf(isDryRun: boolean): Record<string, string> {
  return { fieldManager: FIELD_MANAGER, ...(isDryRun ? { dryRun: 'All' } : {}) }
}
