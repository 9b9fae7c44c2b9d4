import type { Watchdog } from './create-watchdog.ts'
import { startProcess } from './start-process.ts'

type Options = {
  argv: string[]
  env: Record<string, string>
  cwd: string
  watchdog: Watchdog
  timeoutMs: number
}

/** Runs a probe's or hook's command where the container runs. What takes too long is killed. */
export async function runCommand({ argv, timeoutMs, ...surroundings }: Options) {
  let output = ''
  const onOutput = (_stream: string, chunk: Buffer) => {
    if (output.length < LONGEST_OUTPUT) output += chunk.toString()
  }
  const [program = '', ...args] = argv
  const command = program === 'node' ? [process.execPath, ...args] : argv
  try {
    const running = await startProcess({ ...surroundings, argv: command, onOutput })
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      running.kill()
    }, timeoutMs)
    const { exitCode } = await running.exited
    clearTimeout(deadline)
    return { exitCode, output, isLate }
  } catch (error) {
    return { exitCode: 127, output: error instanceof Error ? error.message : String(error), isLate: false }
  }
}

const LONGEST_OUTPUT = 10_240
