import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CHECKS } from '../checks/catalog.ts'
import { PLANTS } from './catalog.ts'
import { replaceSource } from './replace-source.ts'

const ROOT = new URL('../../../', import.meta.url)

test.each(PLANTS)(
  'the bug "$title" can still be planted, and a check is named that catches it',
  async plant => {
    for (const edit of plant.edits) {
      const source = await readFile(new URL(edit.file, ROOT), 'utf8')
      expect(replaceSource(source, edit)).not.toBe(source)
    }
    expect(CHECKS.map(({ name }) => name)).toContain(plant.caughtBy)
  },
)

test('a bug whose text is gone is an error that names the file', () => {
  const edit = { file: 'syntra/x.ts', find: 'a lease', replace: '' }
  expect(() => replaceSource('no such text', edit)).toThrow(
    'syntra/x.ts contains the text of a planted bug 0 times',
  )
})
