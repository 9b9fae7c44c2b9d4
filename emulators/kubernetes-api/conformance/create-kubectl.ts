import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformanceConfig, inheritedEnvironment } from './config.ts'
import type { Api } from './connect.ts'

export type Result = { code: number; out: string; err: string }

/**
 * Runs kubectl from PATH (or KUBECTL) against the API under test, with a home folder of its own, so that nothing is
 * cached.
 */
export async function createKubectl(api: Api) {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'))
  await writeFile(join(folder, 'config'), kubeconfigFor(api))
  const env = {
    ...inheritedEnvironment,
    KUBECONFIG: conformanceConfig.CONFORMANCE_KUBECONFIG ?? join(folder, 'config'),
    HOME: folder,
  }
  return {
    /** Runs one command line in the test's namespace; single quotes group words. */
    run(line: string, input = ''): Promise<Result> {
      const words = (line.match(/'[^']*'|\S+/g) ?? []).map(word => word.replaceAll("'", ''))
      const args = ['--namespace', api.namespace, ...words]
      return new Promise(resolve => {
        const child = execFile(conformanceConfig.KUBECTL, args, { env, timeout: 30_000 }, (error, out, err) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : Number(error !== null), out, err }),
        )
        child.stdin?.end(input)
      })
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}
export type Kubectl = Awaited<ReturnType<typeof createKubectl>>

// JSON is valid YAML. kubectl sends tokens over HTTPS only.
function kubeconfigFor({ url, certificate, token, namespace }: Api): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    clusters: [
      {
        name: 'it',
        cluster: {
          server: url.replace('http:', 'https:'),
          'certificate-authority-data': Buffer.from(certificate).toString('base64'),
        },
      },
    ],
    users: [{ name: 'it', user: { token } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it', namespace } }],
  })
}
