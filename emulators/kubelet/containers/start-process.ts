import { spawn } from 'node:child_process'
import type { OrphanKiller } from './create-orphan-killer.ts'

/** How a process exited; a signal counts as 128 plus its number, as container runtimes report it. */
export type Exit = { exitCode: number; signal: NodeJS.Signals | null }
export type Output = (stream: 'stdout' | 'stderr', chunk: Buffer) => void

type Options = {
  argv: string[]
  env: Record<string, string>
  cwd: string
  orphanKiller: OrphanKiller
  onOutput: Output
}

/**
 * Starts a process in a process group of its own, like a container's init process: when it exits, its remaining
 * children are killed. Rejects with the system error (ENOENT, EACCES) if it cannot be started.
 */
export async function startProcess({ argv, env, cwd, orphanKiller, onOutput }: Options) {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const group = child.pid
  if (group !== undefined) orphanKiller.guard(group)
  child.stdout.on('data', chunk => onOutput('stdout', chunk))
  child.stderr.on('data', chunk => onOutput('stderr', chunk))
  const exited = new Promise<Exit>(resolve => {
    child.once('exit', (code, signal) => {
      if (group === undefined) return
      signalGroup(group)
      orphanKiller.release(group)
      const exit = { exitCode: signal ? 128 + (SIGNALS[signal] ?? 0) : (code ?? 0), signal }
      // The last lines may still be in the pipe; a grandchild that left the group must not delay them indefinitely.
      const limit = setTimeout(() => resolve(exit), 500)
      child.once('close', () => {
        clearTimeout(limit)
        resolve(exit)
      })
    })
  })
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  return {
    pid: group ?? 0,
    exited,
    /** Signals the main process only, as a container runtime does. */
    terminate: () => child.kill('SIGTERM'),
    kill: () => signalGroup(group ?? 0),
  }
}
export type RunningProcess = Awaited<ReturnType<typeof startProcess>>

const SIGNALS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}

function signalGroup(group: number): void {
  if (group <= 0) return
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // The group is already empty.
  }
}
