import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'
import { ROOT } from './source-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'demo-test-'))

// The tests run beside each other, because two demos on one machine share nothing: the second is stopped while the first goes on.
describe.concurrent('bin/demo', () => {
  it('runs a scenario from a bad change to a verified recovery', async ({ expect }) => {
    const release = await demo(['--yes', '--scenario', 'slow-release', '--json', join(folder, 'slow.json')])
      .ended
    expect(release, release.output).toMatchObject({ code: 0 })

    const slow = resultOf('slow.json')
    expect(slow).toMatchObject({
      scenario: 'slow-release',
      cause: { code: 'RELEASE_SLOW', subject: { kind: 'Deployment', name: 'core' } },
      action: { kind: 'rollback', method: 'git-revert' },
      verified: true,
      undone: false,
    })
    expect(Date.parse(slow.verdictAt)).toBeGreaterThan(Date.parse(slow.alertAt))
    expect(Date.parse(slow.recoveredAt)).toBeGreaterThan(Date.parse(slow.decidedAt))
    for (const link of slow.cause.chain) expect(link.evidence.length).toBeGreaterThan(0)

    expect(release.output).toContain('Cause:')
    expect(release.output).toContain('Proposal:')
    const report = /Report\s+(\/\S+\.md)/.exec(release.output)?.[1] ?? ''
    // Markdown escapes the underscore.
    expect(readFileSync(report, 'utf8').replaceAll('\\', '')).toContain('RELEASE_SLOW')
    expect(await processesOf(release.dataFolder)).toEqual([])
  }, 420_000)

  it('leaves no process behind when it is stopped during its start', async ({ expect }) => {
    const running = demo(['--yes'])
    await running.message('Waiting for Argo CD to deploy')
    const own = running.pid
    expect((await childrenOf(own)).length).toBeGreaterThan(5)
    process.kill(own, 'SIGINT')
    const { code } = await running.ended
    expect(code).toBe(130)
    await expect.poll(() => childrenOf(own), { timeout: 5_000 }).toEqual([])
  }, 120_000)

  it('lists the scenarios when an unknown one is requested, and starts nothing', async ({ expect }) => {
    const { code, output } = await demo(['--scenario', 'no-such']).ended
    expect(code).toBe(1)
    expect(output).toMatch(/Allowed choices are .*slow-release/)
    expect(output).not.toContain('Starting')
  })
})

function demo(args: string[]) {
  const child = spawn(process.execPath, ['sandbox/demo/main.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  return {
    pid: child.pid ?? 0,
    async message(words: string) {
      while (!output.includes(words)) {
        if (child.exitCode !== null) throw new Error(`The demo ended without printing "${words}":\n${output}`)
        await sleep(50)
      }
    },
    ended: new Promise<{ code: number | null; output: string; dataFolder: string }>(resolve => {
      child.once('exit', code => {
        const dataFolder = /KUBECONFIG=(\S+)\/kubeconfig/.exec(output)?.[1] ?? 'no data folder was named'
        resolve({ code, output, dataFolder })
      })
    }),
  }
}

function resultOf(name: string) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'))
}

// Returns every process whose command line or environment names the data folder; none on a system without /proc.
async function processesOf(dataFolder: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async id => {
      const told = await Promise.all(
        ['cmdline', 'environ'].map(file => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '')),
      )
      return told.some(text => text.includes(dataFolder)) ? id : undefined
    }),
  )
  return found.filter(id => id !== undefined)
}

async function childrenOf(pid: number): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const parents = await Promise.all(ids.map(id => readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')))
  return ids.filter((_, index) => parents[index]?.split(') ')[1]?.split(' ')[1] === String(pid))
}
