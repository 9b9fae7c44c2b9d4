import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { assertRoom } from './assert-room.ts'

test('a folder with room is good, and too little room or no folder is told before anything starts', async () => {
  await assertRoom(tmpdir(), 1)
  await expect(assertRoom(tmpdir(), 10 ** 12)).rejects.toThrow(/^Only \d+ MB are free in .*set TMPDIR/)
  await expect(assertRoom('/no/such/folder')).rejects.toThrow(
    'You may not write to /no/such/folder. Set TMPDIR',
  )
})
