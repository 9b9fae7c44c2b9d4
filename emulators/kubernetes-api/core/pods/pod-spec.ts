export type Probe = {
  httpGet?: {
    path?: string
    port: number | string
    scheme?: string
    host?: string
    httpHeaders?: { name: string; value: string }[]
  }
  tcpSocket?: { port: number | string; host?: string }
  exec?: { command?: string[] }
  grpc?: { port: number; service?: string }
  initialDelaySeconds?: number
  timeoutSeconds?: number
  periodSeconds?: number
  successThreshold?: number
  failureThreshold?: number
  terminationGracePeriodSeconds?: number
}

export type EnvVar = {
  name: string
  value?: string
  valueFrom?: {
    configMapKeyRef?: { name: string; key: string; optional?: boolean }
    secretKeyRef?: { name: string; key: string; optional?: boolean }
    fieldRef?: { apiVersion?: string; fieldPath: string }
    resourceFieldRef?: { containerName?: string; resource: string; divisor?: string }
  }
}

export type ResourceList = Record<string, string>

export type Container = {
  name: string
  image: string
  command?: string[]
  args?: string[]
  env?: EnvVar[]
  envFrom?: {
    prefix?: string
    configMapRef?: { name: string; optional?: boolean }
    secretRef?: { name: string; optional?: boolean }
  }[]
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[]
  resources?: { requests?: ResourceList; limits?: ResourceList }
  volumeMounts?: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  imagePullPolicy?: string
  restartPolicy?: string
  lifecycle?: Record<string, unknown>
  terminationMessagePath?: string
  terminationMessagePolicy?: string
  securityContext?: Record<string, unknown>
}

export type Volume = {
  name: string
  configMap?: { name: string; defaultMode?: number; optional?: boolean; items?: unknown[] }
  secret?: { secretName: string; defaultMode?: number; optional?: boolean; items?: unknown[] }
  projected?: { defaultMode?: number; sources?: unknown[] }
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean }
  hostPath?: { path: string; type?: string }
  emptyDir?: Record<string, unknown>
  [source: string]: unknown
}

export type Toleration = {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}
export type NodeSelectorTerm = {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values?: string[] }[]
}

export type PodSpec = {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  restartPolicy?: string
  terminationGracePeriodSeconds?: number
  activeDeadlineSeconds?: number
  dnsPolicy?: string
  nodeName?: string
  nodeSelector?: Record<string, string>
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeSelectorTerm[] }
    }
    [kind: string]: unknown
  }
  tolerations?: Toleration[]
  serviceAccountName?: string
  serviceAccount?: string
  schedulerName?: string
  securityContext?: Record<string, unknown>
  hostNetwork?: boolean
  hostname?: string
  subdomain?: string
  enableServiceLinks?: boolean
  priority?: number
  priorityClassName?: string
  preemptionPolicy?: string
  overhead?: ResourceList
  [field: string]: unknown
}

export type PodTemplate = {
  metadata?: {
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [field: string]: unknown
  }
  spec: PodSpec
}

/** Returns whether an init container keeps running beside the others: a sidecar. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always'
}

/** Sets the defaults of a pod spec, in a template as well as in a pod. */
export function setPodSpecDefaults(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always'
  spec.terminationGracePeriodSeconds ??= 30
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.securityContext ??= {}
  spec.schedulerName ??= 'default-scheduler'
  if (spec.serviceAccountName) spec.serviceAccount ??= spec.serviceAccountName
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])])
    setContainerDefaults(container)
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume)
}

function setContainerDefaults(container: Container) {
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  container.imagePullPolicy ??= isLatest(container.image) ? 'Always' : 'IfNotPresent'
  container.resources ??= {}
  for (const port of container.ports ?? []) port.protocol ??= 'TCP'
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ??= 'v1'
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) setProbeDefaults(probe)
  }
}

function setProbeDefaults(probe: Probe) {
  if (probe.httpGet) {
    probe.httpGet.path ??= '/'
    probe.httpGet.scheme ??= 'HTTP'
  }
  // Zero means "not set" on the wire, as in Go.
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
}

function setVolumeDefaults(volume: Volume) {
  if (volume.configMap) volume.configMap.defaultMode ??= 420
  if (volume.secret) volume.secret.defaultMode ??= 420
  if (volume.projected) volume.projected.defaultMode ??= 420
  if (volume.hostPath) volume.hostPath.type ??= ''
  const sources = Object.keys(volume).filter(key => key !== 'name')
  if (sources.length === 0) volume.emptyDir = {}
}

function isLatest(image: string | undefined): boolean {
  const name = (image ?? '').split('/').at(-1) ?? ''
  if (name.includes('@')) return false
  return !name.includes(':') || name.endsWith(':latest')
}
