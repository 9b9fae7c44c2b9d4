import { gitText } from '../../git/run-git.ts'

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
const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' } as const

/** The files that differ between two trees or commits; `from` null is the empty tree. Any file name is fine. */
export async function listChangedFiles(
  directory: string,
  from: string | null,
  to: string,
): Promise<ChangedFile[]> {
  const range = ['-M', from ?? EMPTY_TREE, to, '--']
  const [raw, numstat, patches] = await Promise.all([
    gitText(directory, ['diff', '--raw', '--no-abbrev', '-z', ...range]),
    gitText(directory, ['diff', '--numstat', '-z', ...range]),
    gitText(directory, ['diff', '--patch', '--no-color', '--no-ext-diff', ...range]),
  ])
  const entries = parseRaw(raw)
  const counts = parseNumstat(numstat)
  const hunks = splitPatches(patches)
  // All three list the files in the same order, so no file name has to be read out of a patch header.
  return entries.map((entry, index) => ({
    ...entry,
    ...(counts[index] ?? { additions: 0, deletions: 0 }),
    patch: hunks[index] ?? null,
  }))
}

/** The whole difference as `git diff` prints it. */
export function diffText(directory: string, from: string | null, to: string): Promise<string> {
  return gitText(directory, [
    'diff',
    '--patch',
    '--no-color',
    '--no-ext-diff',
    '-M',
    from ?? EMPTY_TREE,
    to,
    '--',
  ])
}

function parseRaw(text: string) {
  const fields = text.split('\0')
  const entries: Omit<ChangedFile, 'additions' | 'deletions' | 'patch'>[] = []
  let at = 0
  while (fields[at]?.startsWith(':')) {
    const [, , , newSha = '', code = 'M'] = (fields[at] ?? '').split(' ')
    const letter = code.charAt(0) as keyof typeof STATUS
    const isMove = letter === 'R' || letter === 'C'
    entries.push({
      path: fields[at + (isMove ? 2 : 1)] ?? '',
      previousPath: isMove ? (fields[at + 1] ?? '') : null,
      status: STATUS[letter] ?? 'modified',
      sha: /^0+$/.test(newSha) ? null : newSha,
    })
    at += isMove ? 3 : 2
  }
  return entries
}

// `added<TAB>deleted<TAB>path<NUL>`, or with an empty path, and old and new path after it, for a rename.
function parseNumstat(text: string) {
  const fields = text.split('\0')
  const counts: { additions: number; deletions: number }[] = []
  let at = 0
  while (fields[at]) {
    const [additions = '0', deletions = '0', path = ''] = (fields[at] ?? '').split('\t')
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 })
    at += path === '' ? 3 : 1
  }
  return counts
}

// A line of content always begins with a space, plus, minus or backslash, never with "diff".
function splitPatches(text: string): (string | null)[] {
  const files = text.split(/^diff --git .*$/m).slice(1)
  return files.map(file => {
    const start = file.search(/^@@ /m)
    return start === -1 ? null : file.slice(start).replace(/\n$/, '')
  })
}
