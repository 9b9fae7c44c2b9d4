import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type EnvtestConfig, readEnvtestConfig } from './config.ts'

const BUILT = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
/** The path of each program of a control plane. */
export type Assets = Record<(typeof BUILT)[number] | 'etcd', string>

/**
 * Finds the programs of a real control plane: in KUBEBUILDER_ASSETS or, by default, where `npm run envtest:build` puts
 * them; etcd also on the PATH. Throws with what is missing and how to get it.
 */
export function findAssets(config: EnvtestConfig = readEnvtestConfig()): Assets {
  const folder = config.KUBEBUILDER_ASSETS ?? defaultFolder(config.XDG_CACHE_HOME)
  const missing = BUILT.filter(name => !isExecutable(join(folder, name)))
  if (missing.length > 0) {
    const source = config.KUBEBUILDER_ASSETS === undefined ? folder : `KUBEBUILDER_ASSETS=${folder}`
    throw new Error(
      `${source} lacks ${missing.join(', ')}; expected the programs of a Kubernetes control plane: run npm run envtest:build (needs Go; about ten minutes, once).`,
    )
  }
  const etcd = [folder, ...config.PATH.split(delimiter)].map(place => join(place, 'etcd')).find(isExecutable)
  if (etcd === undefined)
    throw new Error(
      `etcd is neither in ${folder} nor on the PATH; expected the database of the Kubernetes API: install Debian's package etcd-server (apt-get install etcd-server; its service need not run).`,
    )
  const [apiserver, controllerManager, scheduler] = BUILT.map(name => join(folder, name))
  return {
    etcd,
    'kube-apiserver': apiserver ?? '',
    'kube-controller-manager': controllerManager ?? '',
    'kube-scheduler': scheduler ?? '',
  }
}

/** Returns the version that `go.mod` pins, with its v. */
export function readPinnedVersion(): string {
  const version = /^\s*(?:require )?k8s\.io\/kubernetes (v\S+)/m.exec(readFileSync(GO_MOD, 'utf8'))?.[1]
  if (version === undefined) throw new Error(`${GO_MOD} pins no version of k8s.io/kubernetes.`)
  return version
}

const GO_MOD = join(import.meta.dirname, 'go.mod')

// The same folder as in the script `build`.
function defaultFolder(cacheHome: string): string {
  return join(cacheHome, 'goalixa', `kubernetes-${readPinnedVersion()}`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
