import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { CommanderError } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseQuestion } from '../commands/ask.command.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'
import { KEYS } from '../testing/test-config.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'
import { buildCli } from './build-cli.ts'

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra
const home = mkdtempSync(join(tmpdir(), 'syntra-cli-'))

beforeAll(async () => {
  postgres = await startPostgres()
  target = await startTarget()
  syntra = await startSyntra({
    databaseUrl: await postgres.createDatabase(),
    dependencies: fakeDependencies(target.url),
  })
})
afterAll(async () => {
  await syntra.stop()
  await target.stop()
  await postgres.stop()
})

let lastOutput = ''

/** Runs one command as `ada`; returns its output and exit code. */
async function run(...args: string[]) {
  let output = ''
  let code = 0
  const cli = buildCli({
    isTerminal: false,
    signal: AbortSignal.timeout(30_000),
    write: text => {
      // Colours are on where CI is set.
      output += stripVTControlCharacters(text)
      lastOutput = output
    },
    env: { XDG_CONFIG_HOME: home, SYNTRA_URL: syntra.url, SYNTRA_KEY: KEYS.ada },
    setExitCode: given => {
      code = given
    },
  })
  await cli.parseAsync(['node', 'syntra', ...args])
  return { output, code }
}

describe('syntra', () => {
  test('shows incidents, the verdict and the proposal, and approves exactly what was shown', async () => {
    const { incident, action } = await waitForProposal(syntra)
    expect((await run('incidents')).output).toContain(incident.id.slice(0, 8))
    const shown = (await run('incident', incident.id.slice(0, 8))).output
    expect(shown).toContain('Proposal:')
    expect(shown).toContain(action.id)
    const json = JSON.parse((await run('incident', incident.id, '--json')).output)
    expect(json).toMatchObject({ incident: { id: incident.id }, action: { id: action.id } })

    // The cause is shown once; the timeline before and the proposal after repeat it.
    const verdict = shown.slice(shown.indexOf('\nCause:'), shown.indexOf('\nProposal:'))
    expect(verdict.split(json.investigation.verdict.causes[0]?.message)).toHaveLength(2)

    await expect(run('approve', incident.id)).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
    expect(lastOutput).toContain('Proposal:')
    expect((await run('approve', incident.id, '--yes', '--reason', 'seen')).output).toContain('The action is')
    await expect(run('reject', action.id, '--yes')).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })

    await syntra.until(`/v1/actions/${action.id}`, (body: { state: string }) => body.state === 'succeeded')
    expect(await run('replay', incident.id)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Same verdict'),
    })
    expect((await run('incident', incident.id, '--report')).output).toContain('#')
  })

  test('investigates what a sentence names, follows it, and says how to ask when it names nothing', async () => {
    const { output } = await run('ask', 'why is core slow in goalixa-production?', '--json')
    expect(JSON.parse(output).investigation).toMatchObject({
      scope: { service: 'core', namespace: 'goalixa-production' },
    })
    await expect(run('ask', 'help me')).rejects.toMatchObject({
      code: 'NOT_UNDERSTOOD',
      fields: [
        { field: 'recent incidents', expected: expect.stringContaining('core in goalixa-production') },
      ],
    })
    await expect(run('investigate', '-n', 'x', '--object', 'core')).rejects.toThrow(
      '--object "core" is not an object; expected Kind/name',
    )
  })

  test('shows rejected alerts, and what was wrong with them', async () => {
    await syntra.deliver([{ labels: { alertname: 'Odd', service: 'core' }, startsAt: 'yesterday' }])
    const { output } = await run('refused')
    expect(output).toContain('Odd namespace=shop service=core severity=critical')
    expect(output).toContain('startsAt: an RFC 3339 time')
    expect(JSON.parse((await run('refused', '--json')).output).refused).toHaveLength(1)
  })

  test('saves a login only if it works, readable by its owner only', async () => {
    await run('login', '--key', KEYS.bob)
    const file = join(home, 'syntra', 'login.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ url: syntra.url, key: KEYS.bob })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await expect(run('login', '--key', 'wrong-key-of-nobody')).rejects.toMatchObject({
      kind: 'unauthenticated',
    })
    expect(JSON.parse(readFileSync(file, 'utf8')).key).toBe(KEYS.bob)
  })

  test('reports an unknown incident, an unreachable server, a file that is not a snapshot, a wrong option', async () => {
    await expect(run('incident', 'ffffffff')).rejects.toMatchObject({ code: 'NO_SUCH_INCIDENT' })
    await expect(run('--url', 'http://127.0.0.1:1', 'incidents')).rejects.toMatchObject({
      code: 'SYNTRA_UNREACHABLE',
    })
    const file = join(home, 'no-snapshot.json')
    writeFileSync(file, '{"scope": 1}')
    await expect(run('analyse', '--snapshot', file)).rejects.toMatchObject({
      code: 'INVALID_SNAPSHOT',
      fields: expect.arrayContaining([expect.objectContaining({ field: 'scope' })]),
    })
    await expect(run('incidents', '--sate', 'open')).rejects.toBeInstanceOf(CommanderError)
    expect(await run('--url', 'http://127.0.0.1:1', 'health')).toMatchObject({ code: 1 })
  })

  test('lists the agents without a server', async () => {
    const { tools, agents } = JSON.parse(
      (await run('--url', 'http://127.0.0.1:1', 'agents', '--json')).output,
    )
    expect(agents).toHaveLength(5)
    expect(tools.find((tool: { name: string }) => tool.name === 'forge_merge_revert')).toMatchObject({
      effect: 'write',
    })
  })
})

test.each([
  ['why is core slow in goalixa-production', 'core', 'goalixa-production'],
  ['What is wrong with the bff in the namespace shop?', 'bff', 'shop'],
  ['look into Deployment/core in shop', 'Deployment/core', 'shop'],
  ['investigate auth -n shop', 'auth', 'shop'],
  ['good morning', undefined, undefined],
])('a sentence is understood without a model: %s', (question, subject, namespace) => {
  expect(parseQuestion(question)).toEqual({ subject, namespace })
})
