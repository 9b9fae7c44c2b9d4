import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findErrors } from './find-errors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-errors-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the last error of an investigation is found in the log of any worker, with its stack', async () => {
  const files = ['worker-1.log', 'worker-2.log'].map(name => join(folder, name))
  for (const [index, file] of files.entries()) {
    const log = createLog({ service: 'syntra-worker' }, { write: line => appendFileSync(file, line) })
    log.error({ err: new TypeError(`bug ${index}`), investigationId: 'i1' }, 'investigation stumbled')
    log.error({ err: new Error('other'), investigationId: 'i2' }, 'investigation stumbled')
  }
  const errors = await findErrors([...files, join(folder, 'missing.log')], ['i1'])
  expect([...errors.keys()]).toEqual(['i1'])
  expect(errors.get('i1')).toMatch(/TypeError: bug 1\n\s+at .*find-errors\.test\.ts/)
})
