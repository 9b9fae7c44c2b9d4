import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './source-files.ts'

// The programs, and what they have compiled already.
const { PATH, NODE_COMPILE_CACHE } = process.env
const running = new Set<ChildProcess>()

/** Runs a program of this repository with only these settings and a PATH; `said` is all of its output. */
export function runProcess(command: string[], settings: Record<string, string> = {}) {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { PATH, NODE_COMPILE_CACHE, NO_COLOR: '1', HOME: '/nonexistent', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return { code: code as number | null, ...said }
  })
  return {
    said,
    ended,
    /** Resolves with the first match in its standard output; throws if it ends without a match. */
    async message(words: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = words.exec(said.out)
        if (found) return found
        if (child.exitCode !== null)
          throw new Error(`The process ended with ${child.exitCode}:\n${said.err}${said.out}`)
        await sleep(20)
      }
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Kills the processes that a failed test left behind. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL')
}
