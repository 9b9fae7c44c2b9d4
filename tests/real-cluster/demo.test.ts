import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../source-files.ts'

// Three minutes: `LONG_TESTS=1 npm run envtest:test`. As root, in a network of its own, so that no route of this machine changes.
const isWanted =
  process.env.LONG_TESTS === '1' && process.env.INSTALL_KUBECONFIG !== undefined && process.getuid?.() === 0

describe.runIf(isWanted)('bin/demo --cluster envtest', () => {
  it('runs a scenario on a real control plane, from a bad change to a verified recovery', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-envtest-'))
    const file = join(folder, 'result.json')
    const demo = `${process.execPath} sandbox/demo/main.ts --cluster envtest --yes --json ${file}`
    const child = spawn('unshare', ['--net', 'sh', '-c', `ip link set lo up && exec ${demo}`], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        output += String(chunk)
      })
    const code = await new Promise(resolve => child.once('exit', resolve))
    expect(code, output).toBe(0)
    expect(output).toContain('Recovery is verified')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      cause: { code: 'RELEASE_SLOW', subject: { kind: 'Deployment', name: 'core' } },
      verified: true,
    })
    rmSync(folder, { recursive: true })
  }, 420_000)
})
