import type { Log } from '@goalixa/chassis/log'
import type {
  Endpoint,
  ServiceDirectory,
} from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Service } from '@goalixa/emulators-shared/kubernetes/objects'
import { listenForPort, type PortListener } from './listen-for-port.ts'

type Options = { directory: Pick<ServiceDirectory, 'service' | 'endpointsOf'>; nodeIp: string; log: Log }

/**
 * Runs kube-proxy as a process: listens on the cluster IP and node ports of each Service, and forwards connections to
 * ready endpoints in turn. Without endpoints it does not listen, so clients are refused as in a real cluster.
 * Established connections stay open.
 */
export function createServiceProxy({ directory, nodeIp, log }: Options) {
  const listeners = new Map<string, PortListener>()

  /** Reconciles the listeners of one Service with the current state of the directory. */
  function sync(namespace: string, name: string) {
    const service = directory.service(namespace, name)
    const endpoints = directory.endpointsOf(namespace, name).filter(({ isReady }) => isReady)
    const wanted = new Map(
      service ? portsOf(service, nodeIp).map(port => [keyOf(namespace, name, port), port]) : [],
    )
    const prefix = `${namespace}/${name}/`
    for (const [key, listener] of listeners) {
      if (!key.startsWith(prefix) || wanted.has(key)) continue
      listener.close()
      listeners.delete(key)
    }
    for (const [key, { host, port, portName }] of wanted) {
      const behind = endpoints.filter(endpoint => endpoint.portName === portName)
      const listener = listeners.get(key) ?? listenForPort({ host, port, log })
      listeners.set(key, listener)
      listener.use(behind)
    }
  }

  return {
    sync,
    stop() {
      for (const listener of listeners.values()) listener.close()
      listeners.clear()
    },
  }
}

type ServicePort = { host: string; port: number; portName: Endpoint['portName'] }

function portsOf({ spec }: Service, nodeIp: string): ServicePort[] {
  const host = spec?.clusterIP
  if (!host || host === 'None' || spec.type === 'ExternalName') return []
  return (spec.ports ?? [])
    .filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
    .flatMap(({ port, nodePort, name: portName = '' }) => [
      { host, port, portName },
      ...(nodePort ? [{ host: nodeIp, port: nodePort, portName }] : []),
    ])
}

function keyOf(namespace: string, name: string, { host, port, portName }: ServicePort): string {
  return `${namespace}/${name}/${host}:${port}/${portName}`
}
