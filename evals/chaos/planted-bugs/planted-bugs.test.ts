import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CHECKS } from '../checks/catalog.ts'
import { PLANTED_BUGS } from './catalog.ts'
import { replaceSource } from './replace-source.ts'

const ROOT = new URL('../../../', import.meta.url)

test.each(PLANTED_BUGS)(
  'the bug "$title" can still be planted, and a check is named that catches it',
  async bug => {
    for (const edit of bug.edits) {
      const source = await readFile(new URL(edit.file, ROOT), 'utf8')
      expect(replaceSource(source, edit)).not.toBe(source)
    }
    expect(CHECKS.map(({ name }) => name)).toContain(bug.caughtBy)
  },
)

test('a bug whose text is gone is an error that names the file', () => {
  const edit = { file: 'syntra/x.ts', find: 'a lease', replace: '' }
  expect(() => replaceSource('no such text', edit)).toThrow(
    'syntra/x.ts contains the text of a planted bug 0 times',
  )
})
