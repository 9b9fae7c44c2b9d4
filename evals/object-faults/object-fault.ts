import type { CauseCode } from '@goalixa/agents/incident/analysers/registry'

/** Any object of the API; the kinds' own types are those of the API server, which validates them. */
export type ApiObject = {
  kind: string
  apiVersion: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    labels?: Record<string, string>
    [field: string]: unknown
  }
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
  [field: string]: unknown
}
type Container = { name: string; image: string }
export type PodObject = {
  metadata: {
    name: string
    namespace: string
    uid: string
    resourceVersion: string
    deletionTimestamp?: string
  }
  spec: { nodeName?: string; containers: Container[]; initContainers?: Container[] }
  status?: { podIP?: string; phase?: string; conditions?: { type: string; status: string }[] }
}

/** What a kubelet reports of a pod that is not healthy. */
export type Symptom = {
  phase?: string
  /** Fields of the status of the first container. */
  container?: Record<string, unknown>
  /** Fields of the status of the first init container; the other containers then wait for it. */
  init?: Record<string, unknown>
  /** More fields of the pod's status. */
  status?: Record<string, unknown>
  events?: { reason: string; message: string }[]
  log?: string
  previousLog?: string
}

/** What is known of the namespace of a fault. */
export type Namespace = { name: string; pods: PodObject[]; events: { reason: string; message: string }[] }

/** A fault that objects alone show, and its true cause. */
export type ObjectFault = {
  name: string
  family: string
  /** Created in this order in a namespace of its own, as `kubectl create` does. */
  objects: ApiObject[]
  /** Labels of the namespace. */
  labels?: Record<string, string>
  /** What the kubelet reports of a pod; undefined: it runs and is ready. */
  symptomOf?: (pod: PodObject) => Symptom | undefined
  /** The change that brings the fault once everything is healthy, as a merge patch. */
  change?: { kind: string; name: string; patch: Record<string, unknown> }
  /** Whether the node of the pods stops being ready. */
  stopsNode?: boolean
  /** Whether the fault shows; by default once a pod has a symptom. */
  isVisible?: (namespace: Namespace) => boolean
  /** The labels of the alert, without those of the namespace. */
  alert: (namespace: Namespace) => Record<string, string>
  /** The cause codes that are right, and the name of the cause's subject; null: nothing is wrong, so no cause is right. */
  truth: { causes: CauseCode[]; subject: string } | null
}
