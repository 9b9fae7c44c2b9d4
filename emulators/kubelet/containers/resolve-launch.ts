import { dirname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Container } from '@goalixa/emulators-shared/kubernetes/objects'
import { expandVariables } from '../env/expand-variables.ts'
import type { Image } from '../images/image.schema.ts'

/** The variables that every container inherits from the host; the rest of the host's environment is not passed on. */
export type HostEnvironment = { PATH: string; HOME: string; TMPDIR: string }

type Options = {
  image: Image
  container: Container
  /** The variables from the pod's spec, see `containerEnvironment`. */
  environment: Record<string, string>
  host: HostEnvironment
  repositoryRoot: string
  hostName: string
  podIp: string
  root: string
  dns: { preload: string; file: string; namespace: string }
}

/** Resolves the process of a container: `command` replaces the image's command, `args` alone are appended to it. */
export function resolveLaunch(options: Options): {
  argv: string[]
  env: Record<string, string>
  cwd: string
} {
  const { image, container, environment, host, repositoryRoot, hostName, podIp, root, dns } = options
  const preloads = (image.preload ?? []).map(
    file => `--import=${pathToFileURL(resolve(repositoryRoot, file)).href}`,
  )
  const variables: Record<string, string> = {
    ...host,
    PATH: `${dirname(process.execPath)}:${host.PATH}`,
    HOSTNAME: hostName,
    HOST: podIp,
    ...image.env,
    ...environment,
    SANDBOX_ROOT: root,
    SANDBOX_NAMES_FILE: dns.file,
    SANDBOX_NAMESPACE: dns.namespace,
  }
  const words = [...(container.command ?? image.command), ...(container.args ?? [])]
  const [program = '', ...args] = words.map(word => expandVariables(word, variables))
  const isNode = program === 'node'
  // NODE_OPTIONS also affects Node processes that a shell script starts; the image's own preloads are only for its main
  // program.
  const nodeOptions = [
    variables.NODE_OPTIONS,
    `--import=${pathToFileURL(dns.preload).href}`,
    ...(isNode ? [] : preloads),
  ]
  return {
    argv: isNode ? [process.execPath, ...preloads, ...args] : [program, ...args],
    env: { ...variables, NODE_OPTIONS: nodeOptions.filter(Boolean).join(' ') },
    cwd: directoryOf(container.workingDir ?? image.workdir, repositoryRoot),
  }
}

function directoryOf(workdir: string | undefined, repositoryRoot: string): string {
  if (workdir === undefined) return repositoryRoot
  return isAbsolute(workdir) ? workdir : resolve(repositoryRoot, workdir)
}
