import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gitText, runGit } from '@goalixa/emulators-shared/git/run-git'

/** One entry; `sha` null deletes the path. */
export type TreeChange = { path: string; mode: string; sha: string | null }

/** Writes a tree: the entries on top of `baseTree` (null is an empty tree). Throws GitFailure for an unknown object. */
export async function writeTree(
  directory: string,
  baseTree: string | null,
  changes: TreeChange[],
): Promise<string> {
  const indexFile = join(directory, `index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: indexFile }
  try {
    await runGit(directory, baseTree === null ? ['read-tree', '--empty'] : ['read-tree', baseTree], { env })
    const [trees, files] = [changes.filter(isFolder), changes.filter(change => !isFolder(change))]
    for (const { path, sha } of trees) {
      await runGit(directory, ['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', path], {
        env,
        acceptedExitCodes: [128],
      })
      await runGit(directory, ['read-tree', `--prefix=${path}/`, sha ?? ''], { env })
    }
    const input = (await Promise.all(files.map(change => indexLines(directory, env, change)))).flat().join('')
    await runGit(directory, ['update-index', '-z', '--index-info'], { env, input })
    return await gitText(directory, ['write-tree'], { env })
  } finally {
    await rm(indexFile, { force: true })
  }
}

function isFolder({ mode, sha }: TreeChange): boolean {
  return mode === '040000' && sha !== null
}

// Deleting a folder means deleting each file below it.
async function indexLines(directory: string, env: Record<string, string>, { path, mode, sha }: TreeChange) {
  if (sha !== null) return [`${mode} ${sha}\t${path}\0`]
  const listed = await gitText(directory, ['ls-files', '-z', '--', path], { env })
  return listed
    .split('\0')
    .filter(Boolean)
    .map(file => `0 ${'0'.repeat(40)}\t${file}\0`)
}
