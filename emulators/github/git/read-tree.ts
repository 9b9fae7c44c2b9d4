import { gitText, runGit } from '@goalixa/emulators-shared/git/run-git'

export type TreeEntry = {
  path: string
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: string
  size: number | null
}

/** Lists the entries of a tree. Throws GitFailure if there is no such tree. */
export async function listTree(
  directory: string,
  treeish: string,
  isRecursive: boolean,
): Promise<TreeEntry[]> {
  const flags = isRecursive ? ['-r', '-t'] : []
  return parseEntries(await gitText(directory, ['ls-tree', '-z', '--long', ...flags, treeish]))
}

/** Finds the entry at a path of a commit or tree; null if there is none. The empty path is the root. */
export async function findEntry(directory: string, treeish: string, path: string): Promise<TreeEntry | null> {
  const clean = path.replace(/^\/+|\/+$/g, '')
  if (clean === '') {
    const sha = await gitText(directory, ['rev-parse', '--verify', `${treeish}^{tree}`])
    return { path: '', mode: '040000', type: 'tree', sha, size: null }
  }
  const text = await gitText(directory, ['ls-tree', '-z', '--long', '--full-tree', treeish, '--', clean])
  return parseEntries(text)[0] ?? null
}

/** Reads the bytes of a blob. Throws GitFailure if there is no such blob. */
export async function readBlob(directory: string, sha: string): Promise<Buffer> {
  return (await runGit(directory, ['cat-file', 'blob', sha])).stdout
}

/** Stores bytes as a blob and returns its sha. */
export function writeBlob(directory: string, content: Buffer): Promise<string> {
  return gitText(directory, ['hash-object', '-w', '--stdin'], { input: content })
}

function parseEntries(text: string): TreeEntry[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map(line => {
      const tab = line.indexOf('\t')
      const [mode = '', type = '', sha = '', size = ''] = line.slice(0, tab).split(/ +/)
      const kind = type as TreeEntry['type']
      return { path: line.slice(tab + 1), mode, type: kind, sha, size: size === '-' ? null : Number(size) }
    })
}
