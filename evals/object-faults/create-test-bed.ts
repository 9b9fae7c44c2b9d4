import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { startTemporaryControlPlane } from '@goalixa/kubernetes-api-emulator/envtest/start-temporary-control-plane'
import { createDependencies } from '@goalixa/syntra/composition/create-dependencies'
import { startSyntra } from '@goalixa/syntra/testing/start-syntra'
import { testConfig, WEBHOOK_TOKEN } from '@goalixa/syntra/testing/test-config'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import type { PodObject, Symptom } from './object-fault.ts'
import { type ReportingNode, runReportingNode } from './run-reporting-node.ts'

const NODES = ['node-1', 'node-2', 'node-3']
/** The node that stops being ready. */
export const LOST_NODE = 'lost-node'

type Alert = { labels: Record<string, string>; startsAt: string }

/** Starts a real control plane with nodes that report symptoms, and Syntra with a Prometheus that knows only alerts. */
export async function createTestBed(symptomOf: (pod: PodObject) => Symptom | undefined, signal: AbortSignal) {
  const parts: (() => Promise<unknown> | unknown)[] = []
  const stop = async () => {
    for (const end of parts.toReversed()) await end()
  }
  try {
    const controlPlane = await startTemporaryControlPlane({ signal })
    parts.push(controlPlane.stop)
    const client = createKubernetesClient(readKubeconfig(controlPlane.kubeconfig), { userAgent: 'kubectl' })
    parts.push(client.close)
    const nodes: ReportingNode[] = []
    for (const name of [...NODES, LOST_NODE]) {
      const taints = name === LOST_NODE ? [{ key: 'dedicated', value: 'lost', effect: 'NoSchedule' }] : []
      const node = await runReportingNode({ client, name, symptomOf, taints })
      nodes.push(node)
      parts.push(node.stop)
    }
    const alerts: Alert[] = []
    const prometheus = await createAnsweringServer(({ path }) => ({
      body: {
        status: 'success',
        data: path.startsWith('/api/v1/alerts')
          ? { alerts: alerts.map(asActive) }
          : { resultType: 'matrix', result: [] },
      },
    }))
    parts.push(() => prometheus.close())
    const postgres = await startPostgres()
    parts.push(() => postgres.stop())
    const databaseUrl = await postgres.createDatabase()
    const settings = {
      KUBECONFIG: controlPlane.kubeconfig,
      PROMETHEUS_URL: prometheus.url,
      // The faults have nothing to do with each other.
      SYNTRA_STORM_INCIDENTS: '1000',
      // As in the sandbox: alerts fire within seconds of the fault, not after a quarter of an hour.
      SYNTRA_TIME_SCALE: '30',
    }
    const dependencies = await createDependencies(testConfig(databaseUrl, settings))
    const syntra = await startSyntra({ databaseUrl, dependencies, settings })
    parts.push(() => syntra.stop())
    return {
      client,
      syntra,
      hasReported: (pod: PodObject) => nodes.some(node => node.hasReported(pod)),
      loseNode: () => nodes.at(-1)?.loseContact(),
      /** Delivers an alert as Alertmanager does; Prometheus knows it too. */
      async deliver(labels: Record<string, string>) {
        const alert = { labels, startsAt: new Date().toISOString() }
        alerts.push(alert)
        const delivered = { ...alert, status: 'firing', annotations: {}, endsAt: '0001-01-01T00:00:00Z' }
        await syntra.post('/v1/alerts', { version: '4', alerts: [delivered] }, WEBHOOK_TOKEN)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
export type TestBed = Awaited<ReturnType<typeof createTestBed>>

function asActive({ labels, startsAt }: Alert) {
  return { labels, annotations: {}, state: 'firing', activeAt: startsAt, value: '1' }
}
