import type { OrphanKiller } from './create-orphan-killer.ts'
import { startProcess } from './start-process.ts'

type Options = {
  argv: string[]
  env: Record<string, string>
  cwd: string
  orphanKiller: OrphanKiller
  timeoutMs: number
}

/** Runs the command of a probe or hook in the container's environment, and kills it after a timeout. */
export async function runCommand({ argv, timeoutMs, ...environment }: Options) {
  let output = ''
  const onOutput = (_stream: string, chunk: Buffer) => {
    if (output.length < MAX_OUTPUT_LENGTH) output += chunk.toString()
  }
  const [program = '', ...args] = argv
  const command = program === 'node' ? [process.execPath, ...args] : argv
  try {
    const running = await startProcess({ ...environment, argv: command, onOutput })
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

const MAX_OUTPUT_LENGTH = 10_240
