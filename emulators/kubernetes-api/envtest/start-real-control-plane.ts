import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import type { SpawnedProcess } from '@goalixa/emulators-shared/process/spawn-process'
import { type Certificates, createCertificates } from './create-certificates.ts'
import type { Assets } from './find-assets.ts'

type Options = {
  assets: Assets
  /** Receives the certificates, the kubeconfigs and etcd's data. */
  folder: string
  serviceCidr?: string
  /** Starts a program; whoever calls stops it. */
  run: (name: string, command: string, args: string[]) => SpawnedProcess
  signal?: AbortSignal
}

const READY_TIMEOUT_MS = 120_000

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free ports of 127.0.0.1, with RBAC and
 * client certificates as on a cluster. Resolves once the API is ready and the controllers run; throws with the end of
 * the log of a program that exited.
 */
export async function startRealControlPlane(options: Options) {
  const { assets, folder, serviceCidr = '10.96.0.0/16', run, signal } = options
  const pki = join(folder, 'pki')
  await mkdir(folder, { recursive: true })
  const certificates = await createCertificates(pki)
  const [etcdPort, peerPort, apiPort] = await Promise.all([findFreePort(), findFreePort(), findFreePort()])
  const url = `https://127.0.0.1:${apiPort}`
  const started: SpawnedProcess[] = []
  const start = (name: keyof Assets, args: string[]) => started.push(run(name, assets[name], args))
  const ready = (path: string, what: string) =>
    untilOk({ url: url + path, certificates, what, processes: started, signal })

  start('etcd', etcdArguments({ folder, etcdPort, peerPort }))
  start('kube-apiserver', apiServerArguments({ pki, etcdPort, apiPort, serviceCidr }))
  await ready('/readyz', 'the Kubernetes API')

  const kubeconfigs = join(folder, 'kubeconfigs')
  await mkdir(kubeconfigs, { mode: 0o700 })
  const writeKubeconfig = async (user: keyof Certificates['users']) => {
    const file = join(kubeconfigs, user)
    await writeFile(file, kubeconfigFor(url, certificates, user), { mode: 0o600 })
    return file
  }
  const kubeconfig = await writeKubeconfig('admin')
  start('kube-controller-manager', [
    ...clientArguments(await writeKubeconfig('controller-manager')),
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(pki, 'sa.key')}`,
    `--root-ca-file=${join(pki, 'ca.crt')}`,
    `--cluster-signing-cert-file=${join(pki, 'ca.crt')}`,
    `--cluster-signing-key-file=${join(pki, 'ca.key')}`,
    '--allocate-node-cidrs=false',
  ])
  start('kube-scheduler', clientArguments(await writeKubeconfig('scheduler')))
  // Pods are refused until the controller manager has created the service account that they run as.
  await ready('/api/v1/namespaces/default/serviceaccounts/default', 'the controller manager')
  return { url, kubeconfig }
}

function etcdArguments({
  folder,
  etcdPort,
  peerPort,
}: {
  folder: string
  etcdPort: number
  peerPort: number
}): string[] {
  const client = `http://127.0.0.1:${etcdPort}`
  const peer = `http://127.0.0.1:${peerPort}`
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ]
}

function apiServerArguments({
  pki,
  etcdPort,
  apiPort,
  serviceCidr,
}: {
  pki: string
  etcdPort: number
  apiPort: number
  serviceCidr: string
}): string[] {
  const file = (name: string) => join(pki, name)
  return [
    '--bind-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--tls-cert-file=${file('apiserver.crt')}`,
    `--tls-private-key-file=${file('apiserver.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('sa.pub')}`,
    `--service-account-signing-key-file=${file('sa.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--service-cluster-ip-range=${serviceCidr}`,
    // The endpoints of the Service kubernetes would be a loopback address, which the API refuses.
    '--endpoint-reconciler-type=none',
    '--advertise-address=192.0.2.1',
    '--allow-privileged=true',
    `--kubelet-client-certificate=${file('kubelet-client.crt')}`,
    `--kubelet-client-key=${file('kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ]
}

function clientArguments(kubeconfig: string): string[] {
  // Without a port of their own: nothing asks for their metrics.
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0']
}

// JSON is valid YAML.
function kubeconfigFor(server: string, { ca, users }: Certificates, name: keyof Certificates['users']) {
  const encode = (text: string) => Buffer.from(text).toString('base64')
  const { cert, key } = users[name]
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'envtest',
    clusters: [{ name: 'envtest', cluster: { server, 'certificate-authority-data': encode(ca) } }],
    users: [{ name, user: { 'client-certificate-data': encode(cert), 'client-key-data': encode(key) } }],
    contexts: [{ name: 'envtest', context: { cluster: 'envtest', user: name } }],
  })
}

type Condition = {
  url: string
  certificates: Certificates
  what: string
  processes: readonly SpawnedProcess[]
  signal?: AbortSignal
}

async function untilOk({ url, certificates, what, processes, signal }: Condition): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  const { cert, key } = certificates.users.admin
  while (!(await answersOk(url, { ca: certificates.ca, cert, key }))) {
    signal?.throwIfAborted()
    const dead = processes.find(child => child.exitReason() !== null)
    if (dead)
      throw new Error(
        `${dead.name} exited (${dead.exitReason()}). The end of its log, ${dead.logFile}:\n${dead.lastLines()}`,
      )
    if (Date.now() > deadline)
      throw new Error(
        `${what} did not become ready within ${READY_TIMEOUT_MS / 1_000} s; see the logs: ${processes.map(child => child.logFile).join(', ')}.`,
      )
    await sleep(200, undefined, { signal })
  }
}

function answersOk(url: string, tls: { ca: string; cert: string; key: string }): Promise<boolean> {
  return new Promise(resolve => {
    const outgoing = request(url, { ...tls, timeout: 5_000 }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    outgoing.once('error', () => resolve(false))
    outgoing.once('timeout', () => outgoing.destroy())
    outgoing.end()
  })
}
