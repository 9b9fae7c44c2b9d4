import { gitText } from '@goalixa/emulators-shared/git/run-git'

export type ChangedFile = {
  path: string
  previousPath: string | null
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  sha: string | null
  additions: number
  deletions: number
  /** The hunks; null for a binary file or one without changed lines. */
  patch: string | null
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const PLAIN = ['-M', '--no-color', '--no-ext-diff']
const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' } as const

/** Lists the files that differ between two trees or commits; `from` null is the empty tree. Supports any file name. */
export async function listChangedFiles(
  directory: string,
  from: string | null,
  to: string,
): Promise<ChangedFile[]> {
  const args = [
    'diff',
    '--raw',
    '--no-abbrev',
    '--numstat',
    '--patch',
    '-z',
    ...PLAIN,
    from ?? EMPTY_TREE,
    to,
    '--',
  ]
  const output = await gitText(directory, args)
  const { entries, rest } = readRaw(output)
  const { counts, rest: patches } = readNumstat(rest)
  const hunks = splitPatches(patches)
  // All three parts list the files in the same order, so file names need not be parsed from patch headers.
  return entries.map((entry, index) => ({
    ...entry,
    ...(counts[index] ?? { additions: 0, deletions: 0 }),
    patch: hunks[index] ?? null,
  }))
}

/** Returns the whole diff as `git diff` prints it. */
export function diffText(directory: string, from: string | null, to: string): Promise<string> {
  return gitText(directory, ['diff', '--patch', ...PLAIN, from ?? EMPTY_TREE, to, '--'])
}

// `:<mode> <mode> <sha> <sha> <letter>`, NUL, path, NUL; a rename has two paths.
function readRaw(text: string) {
  const entries: Omit<ChangedFile, 'additions' | 'deletions' | 'patch'>[] = []
  let rest = text
  while (rest.startsWith(':')) {
    const [head, afterHead] = cut(rest)
    const [, , , newSha = '', code = 'M'] = head.split(' ')
    const letter = code.charAt(0) as keyof typeof STATUS
    const [first, afterFirst] = cut(afterHead)
    const isMove = letter === 'R' || letter === 'C'
    const [path, afterPath] = isMove ? cut(afterFirst) : [first, afterFirst]
    entries.push({
      path,
      previousPath: isMove ? first : null,
      status: STATUS[letter] ?? 'modified',
      sha: /^0+$/.test(newSha) ? null : newSha,
    })
    rest = afterPath
  }
  return { entries, rest }
}

// `<added>TAB<deleted>TAB<path>`, NUL; for a rename an empty path, NUL, then both. An empty field ends the part.
function readNumstat(text: string) {
  const counts: { additions: number; deletions: number }[] = []
  let rest = text
  while (rest !== '') {
    const [line, after] = cut(rest)
    rest = after
    if (line === '') break
    const [additions = '0', deletions = '0', path = ''] = line.split('\t')
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 })
    if (path === '') rest = cut(cut(rest)[1])[1]
  }
  return { counts, rest }
}

function cut(text: string): [field: string, rest: string] {
  const end = text.indexOf('\0')
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)]
}

// A line of content always starts with a space, plus, minus or backslash, never with "diff".
function splitPatches(text: string): (string | null)[] {
  const files = text.split(/^diff --git .*$/m).slice(1)
  return files.map(file => {
    const start = file.search(/^@@ /m)
    return start === -1 ? null : file.slice(start).replace(/\n$/, '')
  })
}
