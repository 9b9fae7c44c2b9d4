import type { User } from '@kubernetes/client-node'
import type { SettingNames } from '../connections/connection.ts'

/** Where a person sets how the API server is reached: in the kubeconfig. */
export function kubeconfigSettingNames(user: User | null): SettingNames {
  return {
    url: '"server" of the cluster in the kubeconfig',
    credentials:
      user === null ? 'the "user" of the context in the kubeconfig' : `user ${user.name} of the kubeconfig`,
    ca: '"certificate-authority" of the cluster in the kubeconfig',
    clientCertificate: '"client-certificate" of the user in the kubeconfig',
  }
}

/** The same for a pod in the cluster, which has no kubeconfig: what the kubelet gives it, and who that is. */
export const POD_SETTING_NAMES: SettingNames = {
  url: 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT of the pod',
  credentials: "the token of the pod's service account",
  account: "the pod's service account",
  ca: '--root-ca-file of kube-controller-manager, which pods mount as ca.crt,',
  clientCertificate: 'that the API server demands no client certificate, as a pod has none',
}
