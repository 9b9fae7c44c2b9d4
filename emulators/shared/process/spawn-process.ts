import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

type Options = {
  name: string
  command: string
  args: string[]
  /** All its variables: it inherits none. */
  env: Record<string, string>
  logFile: string
  cwd?: string
}

/**
 * Starts a long-running program in a process group of its own, with its output in a file. `stop` sends SIGTERM, and
 * SIGKILL after `graceMs`. On Linux it exits with this process, even after kill -9.
 */
export function spawnProcess({ name, command, args, env, logFile, cwd }: Options) {
  const [program, ...rest] = tethered([command, ...args])
  const output = openSync(logFile, 'a')
  const child = spawn(program ?? command, rest, {
    cwd,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  })
  closeSync(output)
  const state: { exit: string | null } = { exit: null }
  const exited = new Promise<void>(resolve => {
    child.once('error', error => {
      state.exit = error.message
      resolve()
    })
    child.once('exit', (code, signal) => {
      state.exit = signal ?? `exit code ${code}`
      resolve()
    })
  })
  return {
    name,
    logFile,
    pid: child.pid,
    exited,
    /** Returns why it exited; null while it runs. */
    exitReason: () => state.exit,
    /** Returns the last lines of its log, for an error message. */
    lastLines: (lines = 12) => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
    async stop(graceMs = 8_000) {
      signalGroup(child, 'SIGTERM')
      await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
      signalGroup(child, 'SIGKILL')
      await exited
    },
    kill: () => signalGroup(child, 'SIGKILL'),
  }
}
export type SpawnedProcess = ReturnType<typeof spawnProcess>

// prctl(PR_SET_PDEATHSIG) by util-linux: no child process outlives this one. Other systems lack it.
function tethered(command: string[]): string[] {
  return existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', '--', ...command]
    : command
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is already empty.
  }
}
