import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { exitOnEpipe } from './exit-on-epipe.ts'

test('a closed pipe ends the command; any other write error is thrown', () => {
  const output = new PassThrough()
  let exits = 0
  exitOnEpipe(output, () => {
    exits++
  })
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(exits).toBe(1)
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  expect(() => output.emit('error', full)).toThrow('no space left')
})
