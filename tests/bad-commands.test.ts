import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KEYS } from '@goalixa/syntra/testing/test-config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProcess } from './run-process.ts'
import { STACK, startApi } from './start-api.ts'

const NOBODY = '01900000-0000-7000-8000-000000000000'
const folder = mkdtempSync(join(tmpdir(), 'bad-commands-'))
let api: Awaited<ReturnType<typeof startApi>>

beforeAll(async () => {
  api = await startApi()
}, 60_000)
afterAll(async () => {
  await api.stop()
  rmSync(folder, { recursive: true })
})

describe('bin/syntra', () => {
  it.each([
    ['an unknown command', ['frobnicate'], 2, /unknown command/],
    ['an unknown option', ['incidents', '--sate', 'open'], 2, /--state/],
    ['a missing option', ['investigate', '--service', 'core'], 2, /--namespace/],
    ['an invalid address', ['--url', 'ftp://x', 'incidents'], 2, /http:\/\/ or https:\/\//],
    ['an unreachable address', ['--url', 'http://127.0.0.1:1', 'incidents'], 1, /does not answer at/],
    ['a wrong key', ['--key', 'no-such-key-at-all', 'incidents'], 1, /key/i],
    ['an unknown incident', ['incident', 'ffffffff'], 1, /No incident has an id that begins with/],
    ['an unknown state', ['incidents', '--state', 'burning'], 2, /--state.*choices are open/],
    ['an unknown action', ['approve', NOBODY, '--yes'], 1, /incident|action/i],
    ['no confirmation', ['approve', NOBODY], 1, /incident|action/i],
    ['an invalid object', ['investigate', '-n', 'shop', '--object', 'core'], 2, /Kind\/name/],
    ['a missing snapshot', ['analyse', '--snapshot', join(folder, 'none.json')], 1, /cannot be read/],
  ])('prints what is wrong and exits with its code: %s', async (_name, args, code, words) => {
    const result = await cli(args)
    expect(result.err).toMatch(words)
    expect(result.err).not.toMatch(STACK)
    expect(result.code).toBe(code)
  })

  it.each([
    ['wrong usage', ['frobnicate'], 2, 'WRONG_USAGE'],
    ['a wrong key', ['--key', 'no-such-key-at-all', 'incidents'], 1, 'WRONG_CREDENTIALS'],
    ['an unreachable address', ['--url', 'http://127.0.0.1:1', 'login'], 1, 'SYNTRA_UNREACHABLE'],
    ['an unknown state', ['incidents', '--state', 'burning'], 2, 'WRONG_USAGE'],
  ])('prints what is wrong as JSON with --json: %s', async (_name, args, code, told) => {
    const result = await cli(['--json', ...args])
    expect(result).toMatchObject({ code, out: '' })
    expect(JSON.parse(result.err)).toMatchObject({
      code: told,
      message: expect.any(String),
      fields: expect.any(Array),
    })
  })

  it('prints its version, and its exit codes in the help', async () => {
    expect(await cli(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    expect((await cli(['--help'])).out).toMatch(/Exit codes:[\s\S]*usage error/)
  })

  it('ends quietly when the reader of its output closes the pipe', async () => {
    const piped = await runProcess(['bash', '-c', 'set -o pipefail; bin/syntra agents | true']).ended
    expect(piped).toMatchObject({ code: 0, err: '' })
  })

  it('names the invalid field of a snapshot, and reports a file that is not JSON', async () => {
    const file = join(folder, 'snapshot.json')
    writeFileSync(file, '{"about": {}, "at": 7}')
    const wrong = await cli(['analyse', '--snapshot', file])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toMatch(/scope\.since: .*string/)
    writeFileSync(file, 'PK\u0003\u0004\u001b[2J')
    expect(await cli(['analyse', '--snapshot', file])).toMatchObject({
      code: 2,
      err: expect.stringContaining('not valid JSON'),
    })
  })

  it('reports an answer that does not come from Syntra', async () => {
    const other = createServer((_request, response) => response.end('<html>\u001b[2J</html>')).listen(
      0,
      '127.0.0.1',
    )
    const port = await new Promise<number>(resolve =>
      other.once('listening', () => resolve((other.address() as { port: number }).port)),
    )
    try {
      const answer = await cli(['--url', `http://127.0.0.1:${port}`, 'incidents'])
      expect(answer.code).toBe(1)
      expect(answer.err).toMatch(/is not one of Syntra's/)
      expect(answer.err).not.toMatch(STACK)
    } finally {
      other.close()
    }
  })

  it('names the file of a stored login that is not valid', async () => {
    mkdirSync(join(folder, 'broken/syntra'), { recursive: true })
    writeFileSync(join(folder, 'broken/syntra/login.json'), '{')
    const answer = await runProcess(['bin/syntra', 'incidents'], { XDG_CONFIG_HOME: join(folder, 'broken') })
      .ended
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toMatch(/login\.json is not valid; expected the file that `syntra login` writes/)
    expect(answer.err).not.toMatch(STACK)
  })

  it('exits with 0 when everything succeeds', async () => {
    expect(await cli(['health'])).toMatchObject({ code: 0, err: '' })
    expect(await cli(['--json', 'incidents'])).toMatchObject({ code: 0, err: '' })
  })
})

function cli(args: string[]) {
  return runProcess(['bin/syntra', ...args], {
    SYNTRA_URL: api.url,
    SYNTRA_KEY: KEYS.ada,
    XDG_CONFIG_HOME: folder,
  }).ended
}
