import type {
  CoreV1Event,
  V1ConfigMap,
  V1Container,
  V1ContainerStatus,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Ingress,
  V1Job,
  V1Node,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1PodStatus,
  V1Probe,
  V1ReplicaSet,
  V1Secret,
  V1Service,
  V1StatefulSet,
  V1Volume,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node'

/** A type of the official client as sent over the wire: times are strings. */
export type OnWire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: OnWire<T[K]> } : T

/** Metadata that the API server sets on every stored object. */
export type Metadata = OnWire<V1ObjectMeta> & {
  name: string
  namespace: string
  uid: string
  resourceVersion: string
}
export type Stored<T> = Omit<OnWire<T>, 'metadata'> & { metadata: Metadata }

export type Pod = Stored<V1Pod> & { spec: PodSpec }
export type PodSpec = OnWire<V1PodSpec>
export type PodStatus = OnWire<V1PodStatus>
export type Container = OnWire<V1Container>
export type ContainerStatus = OnWire<V1ContainerStatus>
export type Probe = OnWire<V1Probe>
export type Volume = OnWire<V1Volume>
export type Service = Stored<V1Service>
export type EndpointSlice = Stored<V1EndpointSlice>
export type Endpoints = Stored<V1Endpoints>
export type Ingress = Stored<V1Ingress>
export type ConfigMap = Stored<V1ConfigMap>
export type Secret = Stored<V1Secret>
export type Node = Stored<V1Node>
export type Event = Stored<CoreV1Event>
export type Deployment = Stored<V1Deployment>
export type ReplicaSet = Stored<V1ReplicaSet>
export type StatefulSet = Stored<V1StatefulSet>
export type Job = Stored<V1Job>
export type HorizontalPodAutoscaler = Stored<V2HorizontalPodAutoscaler>
