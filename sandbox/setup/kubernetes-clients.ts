import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export type KubernetesClient = 'kubectl' | 'helm'

type Requirement = {
  /** The oldest version that works, as [major, minor]. */
  minimum: readonly [major: number, minor: number]
  versionArguments: readonly string[]
  installationGuide: string
}

/**
 * The versions that this repository needs. kubectl 1.30 is the oldest that passes
 * `emulators/kubernetes-api/conformance` (older ones request the beta form of aggregated discovery); the overlays in
 * `k8s/` alone render from 1.26 on. Charts of `apiVersion: v2` need Helm 3.
 */
export const REQUIREMENTS: Record<KubernetesClient, Requirement> = {
  kubectl: {
    minimum: [1, 30],
    versionArguments: ['version', '--client', '--output', 'json'],
    installationGuide: 'https://kubernetes.io/docs/tasks/tools/',
  },
  helm: {
    minimum: [3, 0],
    versionArguments: ['version', '--short'],
    installationGuide: 'https://helm.sh/docs/intro/install/',
  },
}

/** A client that this machine lacks, or has in a version that is too old. */
export type Shortcoming = { client: KubernetesClient; found: string | null }

/**
 * Finds the clients that are missing on `path` or too old there. A client that is installed but does not run counts as
 * missing.
 */
export async function findShortcomings(
  clients: readonly KubernetesClient[],
  path: string,
): Promise<Shortcoming[]> {
  const versions = await Promise.all(clients.map(client => readVersion(client, path)))
  return clients
    .map((client, index) => ({ client, found: versions[index] ?? null }))
    .filter(({ client, found }) => found === null || isOlder(found, REQUIREMENTS[client].minimum))
}

/** Describes a shortcoming in one sentence, for example `kubectl is 1.20, expected 1.30 or newer`. */
export function describeShortcoming({ client, found }: Shortcoming): string {
  const actual = found === null ? 'is missing' : `is ${found}`
  return `${client} ${actual}, expected ${REQUIREMENTS[client].minimum.join('.')} or newer`
}

/** Returns `major.minor`, or undefined if the program is missing, does not run or prints no version. */
async function readVersion(client: KubernetesClient, path: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(client, REQUIREMENTS[client].versionArguments, {
    env: { ...process.env, PATH: path },
    timeout: 20_000,
  }).catch(() => ({ stdout: '' }))
  return /\bv(\d+\.\d+)\./.exec(stdout)?.[1]
}

function isOlder(version: string, [major, minor]: Requirement['minimum']): boolean {
  const [foundMajor = 0, foundMinor = 0] = version.split('.').map(Number)
  return foundMajor < major || (foundMajor === major && foundMinor < minor)
}
