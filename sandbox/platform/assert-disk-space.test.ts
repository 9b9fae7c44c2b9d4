import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { assertDiskSpace } from './assert-disk-space.ts'

test('accepts a folder with enough space; reports too little space and a missing folder', async () => {
  await assertDiskSpace(tmpdir(), 1)
  await expect(assertDiskSpace(tmpdir(), 10 ** 12)).rejects.toThrow(
    / has \d+ MB of free space; a run needs .*set TMPDIR/,
  )
  await expect(assertDiskSpace('/no/such/folder')).rejects.toThrow(
    'The folder /no/such/folder is not writable. Set TMPDIR',
  )
})
