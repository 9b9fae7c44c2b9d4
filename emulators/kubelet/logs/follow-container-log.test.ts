import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createContainerLog } from './create-container-log.ts'
import { followContainerLog } from './follow-container-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a follower receives every line once, whenever it starts', () => {
  const log = createContainerLog({ file: join(folder, '0.log') })
  const received: string[][] = [[], [], []]
  const listen = (seen: string[] = []) =>
    followContainerLog(
      log,
      {},
      line => seen.push(line.text),
      () => seen.push('end'),
    )
  listen(received[0])
  log.write('stdout', Buffer.from('one\n'))
  listen(received[1])
  log.write('stdout', Buffer.from('two\n'))
  log.close()
  listen(received[2])
  expect(received).toEqual([
    ['one', 'two', 'end'],
    ['one', 'two', 'end'],
    ['one', 'two', 'end'],
  ])
})

test('a stopped follower receives no more lines', () => {
  const log = createContainerLog({ file: join(folder, '0.log') })
  const seen: string[] = []
  const stop = followContainerLog(
    log,
    {},
    line => seen.push(line.text),
    () => seen.push('end'),
  )
  stop()
  log.write('stdout', Buffer.from('one\n'))
  log.close()
  expect(seen).toEqual([])
})
