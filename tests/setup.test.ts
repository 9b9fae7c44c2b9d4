import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

const SYSTEM_PROGRAMS = ['bash', 'cmp', 'dirname', 'env', 'find', 'id', 'readlink', 'uname']
let clone: string
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'))
  chmodSync(clone, 0o755)
  for (const path of ['bin', '.nvmrc', 'package-lock.json'])
    cpSync(ROOT + path, join(clone, path), { recursive: true })
  mkdirSync(join(clone, 'programs'))
  for (const name of SYSTEM_PROGRAMS) {
    const folder = ['/usr/bin', '/bin'].find(candidate => existsSync(join(candidate, name))) ?? ''
    symlinkSync(join(folder, name), join(clone, 'programs', name))
  }
})
afterEach(() => rmSync(clone, { recursive: true }))

/** Puts a program on the PATH that prints this text and exits with this code. */
function installProgram(name: string, answer: string, code = 0) {
  const path = join(clone, 'programs', name)
  // Otherwise the write would follow the link to the system's program.
  rmSync(path, { force: true })
  writeFileSync(
    path,
    `#!/usr/bin/env bash\n${code === 0 ? '' : 'exec >&2; '}echo '${answer}'\nexit ${code}\n`,
  )
  chmodSync(path, 0o755)
}

function run(command: string): Promise<{ code: number; lines: string[] }> {
  return new Promise(resolve => {
    execFile(join(clone, command), { env: { PATH: join(clone, 'programs') } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, lines: (out + err).trim().split('\n') }),
    )
  })
}

describe('bin/test on a machine without its prerequisites prints in one line what to do', () => {
  it.each([
    ['without npm', [], /npm is missing; expected npm 10 or newer: install Node/],
    [
      'with npm but without node',
      [['npm', '10.9.2']],
      /node is missing or does not run; expected Node.js 18.17 or newer: install/,
    ],
    [
      'with a Node on which npm does not run',
      [
        ['node', 'v12.22.12'],
        ['npm', 'ERROR: npm v10.9.2 is known not to run on Node.js v12.22.12.', 1],
      ],
      /npm does not run on Node.js v12.22.12; expected npm 10 or newer on Node.js 18.17 or newer: install/,
    ],
    [
      'with an old npm',
      [
        ['node', 'v18.20.4'],
        ['npm', '9.2.0'],
      ],
      /npm is 9.2.0; expected 10 or newer: run npm install --global npm@10/,
    ],
  ] satisfies [string, [string, string, number?][], RegExp][])('%s', async (_name, programs, line) => {
    for (const [name, answer, code] of programs) installProgram(name, answer, code)
    const { code, lines } = await run('bin/test')
    expect(lines).toEqual([expect.stringMatching(line)])
    expect(code).toBe(1)
  })
})

it('bin/setup refuses a clone that the user of PostgreSQL cannot reach, when root runs it', async () => {
  installProgram('id', '0')
  chmodSync(clone, 0o700)
  const { code, lines } = await run('bin/setup')
  expect(lines).toEqual([
    expect.stringMatching(/closed to other users; expected one that the user postgres can enter/),
  ])
  expect(code).toBe(1)
})

it.each(['bin/check', 'bin/syntra'])(
  '%s without installed packages names the command that installs them',
  async command => {
    const { code, lines } = await run(command)
    expect(lines).toEqual([
      expect.stringMatching(/node_modules is missing; expected an installed tree: run .*bin\/setup/),
    ])
    expect(code).toBe(1)
  },
)

it('.nvmrc names the Node that npm installs', () => {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  expect(readFileSync(`${ROOT}.nvmrc`, 'utf8').trim()).toBe(devDependencies.node)
})
