import type { KubeObject } from '../../meta/kube-object.ts'

export type ServicePort = {
  name?: string
  port: number
  targetPort?: number | string
  protocol?: string
  nodePort?: number
  appProtocol?: string
}

export type Service = KubeObject & {
  spec: {
    type?: string
    clusterIP?: string
    clusterIPs?: string[]
    selector?: Record<string, string>
    ports?: ServicePort[]
    externalName?: string
    externalIPs?: string[]
    sessionAffinity?: string
    ipFamilies?: string[]
    ipFamilyPolicy?: string
    internalTrafficPolicy?: string
    publishNotReadyAddresses?: boolean
    [field: string]: unknown
  }
  status: { loadBalancer?: Record<string, unknown> }
}
