import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { assertDiskSpace } from './assert-disk-space.ts'

test('a folder with enough space is accepted; too little space or a missing folder is reported', async () => {
  await assertDiskSpace(tmpdir(), 1)
  await expect(assertDiskSpace(tmpdir(), 10 ** 12)).rejects.toThrow(
    / has \d+ MB of free space; a run needs .*set TMPDIR/,
  )
  await expect(assertDiskSpace('/no/such/folder')).rejects.toThrow(
    'The folder /no/such/folder is not writable. Set TMPDIR',
  )
})
