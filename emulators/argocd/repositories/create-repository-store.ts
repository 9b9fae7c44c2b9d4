import { readFile } from 'node:fs/promises'
import { writeFileAtomically } from '@goalixa/emulators-shared/git/write-file-atomically'

export type Credentials = { repo: string; username?: string; password?: string }

/** Stores the registered repositories with their credentials in one JSON file. */
export async function createRepositoryStore({ file }: { file: string }) {
  const text = await readFile(file, 'utf8').catch(() => '[]')
  const repositories = new Map((JSON.parse(text) as Credentials[]).map(each => [normalUrl(each.repo), each]))
  const keep = () => writeFileAtomically(file, JSON.stringify([...repositories.values()]))

  return {
    list: () => [...repositories.values()],
    find: (url: string) => repositories.get(normalUrl(url)),
    async put(credentials: Credentials): Promise<void> {
      repositories.set(normalUrl(credentials.repo), credentials)
      await keep()
    },
    async remove(url: string): Promise<boolean> {
      const isKnown = repositories.delete(normalUrl(url))
      await keep()
      return isKnown
    },
  }
}
export type RepositoryStore = Awaited<ReturnType<typeof createRepositoryStore>>

/** Returns the canonical form of a repository URL. */
export function normalUrl(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^(https?:\/\/)[^/@]+@/, '$1')
}
