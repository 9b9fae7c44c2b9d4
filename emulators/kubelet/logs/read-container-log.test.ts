import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createContainerLog } from './create-container-log.ts'
import { readContainerLog } from './read-container-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goalixa-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

test('reads whole lines with their times, however the writes were split', async () => {
  let second = 0
  const log = createContainerLog({ file: join(folder, '0.log'), now: () => at(second++) })
  const text = Buffer.from('one\nzwei ü drei\nlast')
  log.write('stdout', text.subarray(0, 10))
  log.write('stdout', text.subarray(10))
  log.close()
  const lines = await readContainerLog(log.file, {})
  expect(lines.map(line => line.text)).toEqual(['one', 'zwei ü drei', 'last'])
  expect(lines[0]?.at).toBe('2026-01-01T00:00:00.000000000Z')
  expect((await readContainerLog(log.file, { tailLines: 1 })).map(line => line.text)).toEqual(['last'])
  expect((await readContainerLog(log.file, { sinceMs: at(2).getTime() })).map(line => line.text)).toEqual([
    'last',
  ])
})

test('keeps earlier lines after a rotation, up to twice the maximum size', async () => {
  const log = createContainerLog({ file: join(folder, '0.log'), maxBytes: 400 })
  for (let number = 0; number < 20; number++) log.write('stderr', Buffer.from(`line ${number}\n`))
  const lines = (await readContainerLog(log.file, {})).map(line => line.text)
  expect(lines.at(-1)).toBe('line 19')
  expect(lines.length).toBeGreaterThan(8)
  expect(lines.length).toBeLessThan(20)
  log.close()
})

test('a follower receives new lines and then the end', async () => {
  const log = createContainerLog({ file: join(folder, '0.log') })
  const seen: string[] = []
  log.follow(
    line => seen.push(line.text),
    () => seen.push('(end)'),
  )
  log.write('stdout', Buffer.from('new\n'))
  log.close()
  expect(seen).toEqual(['new', '(end)'])
})
