import { ExpectedError } from '@goalixa/chassis/errors'
import { notConfigured } from '../http/not-configured.ts'
import type { Write } from '../write.ts'
import type { Forge } from './forge.ts'
import { parseRepository } from './parse-git-address.ts'

/** A forge and the hosts whose repositories it has; it takes `repo` as the path there. `shape` says which paths it can have. */
export type HostedForge = {
  system: string
  hosts: readonly string[]
  shape: { pattern: RegExp; description: string }
  forge: Forge
}

/**
 * All forges as one, which asks each only for the repositories on its own hosts: the same path on another host is a stranger's. Throws
 * `unavailable` NOT_CONFIGURED for a host that no forge serves, `invalid` BAD_REPOSITORY for a path that its forge cannot have.
 */
export function createForge(forges: readonly HostedForge[]): Forge {
  const on = <Input extends { repo: string }>(input: Input): { forge: Forge; input: Input } => {
    const { forge, path } = findForge(forges, input.repo)
    return { forge, input: { ...input, repo: path } }
  }
  const write = <Input extends { repo: string }, Output>(
    writeOf: (forge: Forge) => Write<Input, Output>,
  ): Write<Input, Output> => ({
    async run(given, call) {
      const { forge, input } = on(given)
      return writeOf(forge).run(input, call)
    },
    async findEffect(given, call) {
      const { forge, input } = on(given)
      return writeOf(forge).findEffect(input, call)
    },
  })
  const read =
    <Input extends { repo: string }, Output>(
      readOf: (forge: Forge) => (input: Input, signal: AbortSignal) => Promise<Output>,
    ) =>
    async (given: Input, signal: AbortSignal): Promise<Output> => {
      const { forge, input } = on(given)
      return readOf(forge)(input, signal)
    }
  return {
    compareCommits: read(forge => forge.compareCommits),
    getCommit: read(forge => forge.getCommit),
    listCommits: read(forge => forge.listCommits),
    containsCommit: read(forge => forge.containsCommit),
    getPullRequest: read(forge => forge.getPullRequest),
    readBranchRules: read(forge => forge.readBranchRules),
    openRevert: write(forge => forge.openRevert),
    mergeRevert: write(forge => forge.mergeRevert),
    closeRevert: write(forge => forge.closeRevert),
  }
}

function findForge(forges: readonly HostedForge[], repository: string): { forge: Forge; path: string } {
  const { host, path } = parseRepository(repository)
  const found = forges.find(({ hosts }) => hosts.includes(host))
  if (found === undefined) throw unserved(host, path, forges)
  const { system, shape, forge } = found
  if (!shape.pattern.test(path))
    throw new ExpectedError(
      'invalid',
      'BAD_REPOSITORY',
      `${path} on ${host} cannot be a repository of ${system}; expected ${shape.description}`,
    )
  return { forge, path }
}

function unserved(host: string, path: string, forges: readonly HostedForge[]): ExpectedError {
  if (host === 'github.com' && forges.length === 0) return notConfigured('GitHub', 'GITHUB_TOKEN')
  const known = forges.map(({ system, hosts }) => `${system} on ${hosts[0]}`).join(' and ') || 'none'
  return new ExpectedError(
    'unavailable',
    'NOT_CONFIGURED',
    `No forge is configured for the host ${host} of the repository ${path} (configured: ${known}): if it is a GitHub Enterprise Server, set GITHUB_URL to its REST API, or add the host to GITHUB_GIT_HOSTS if GITHUB_URL serves it already`,
  )
}
