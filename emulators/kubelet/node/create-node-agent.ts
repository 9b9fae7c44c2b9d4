import { platform } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { buildNodeStatus } from './build-node-status.ts'
import { nodeArchitecture } from './node-architecture.ts'

type Options = {
  client: KubernetesClient
  name: string
  ip: string
  cpu?: string
  memory?: string
  log: Log
}

/** Registers the node and sends its heartbeats: a Lease every 10 seconds, the node's status every minute. */
export function createNodeAgent({ client, name, ip, cpu, memory, log }: Options) {
  const stopped = new AbortController()
  const since = apiTime()
  let port = 0

  async function register() {
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': platform(),
      'kubernetes.io/arch': nodeArchitecture(),
    }
    const body = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} }
    await client.request('POST', '/api/v1/nodes', { body }).catch(ignoreConflict)
    await writeStatus(true)
  }

  async function writeStatus(isReady: boolean) {
    const status = buildNodeStatus({
      name,
      ip,
      port,
      cpu,
      memory,
      since: isReady ? since : apiTime(),
      now: apiTime(),
      isReady,
    })
    const contentType = 'application/merge-patch+json'
    await client.request('PATCH', `/api/v1/nodes/${name}/status`, { contentType, body: { status } })
  }

  async function renewLease() {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    const renewTime = new Date().toISOString().replace('Z', '000Z')
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime }
    const contentType = 'application/merge-patch+json'
    await client.request('PATCH', `${path}/${name}`, { contentType, body: { spec } }).catch(error => {
      if (!(error instanceof ExpectedError) || error.kind !== 'missing') throw error
      const metadata = { name, namespace: 'kube-node-lease' }
      return client.request('POST', path, {
        body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec },
      })
    })
  }

  async function beat() {
    for (let beats = 1; !stopped.signal.aborted; beats++) {
      try {
        await renewLease()
        if (beats % 6 === 0) await writeStatus(true)
      } catch (error) {
        log.warn({ reason: String(error) }, 'node heartbeat not written')
        // The API server may have lost the node: register it again once the server is reachable.
        await register().catch(() => {})
      }
      await sleep(10_000, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
    }
  }

  return {
    /** Registers the node as ready; retries while the API server is unreachable. */
    async start(kubeletPort: number) {
      port = kubeletPort
      for (;;) {
        try {
          await register()
          break
        } catch (error) {
          if (stopped.signal.aborted || !(error instanceof ExpectedError) || error.kind !== 'unavailable')
            throw error
          log.warn({ reason: String(error) }, 'node not registered')
          await sleep(500)
        }
      }
      void beat()
    },
    async stop() {
      stopped.abort()
      await writeStatus(false).catch(() => {})
    },
  }
}

function ignoreConflict(error: unknown) {
  if (!(error instanceof ExpectedError) || error.kind !== 'conflict') throw error
}
