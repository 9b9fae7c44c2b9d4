import { readFile } from 'node:fs/promises'

/** Lines of a stack that say where an error came from. */
const STACK_LINES = 6

/** The last error that a worker has logged for each of these investigations, with its stack, as text to append to a message. */
export async function findErrors(
  logFiles: readonly string[],
  investigations: readonly string[],
): Promise<Map<string, string>> {
  const errors = new Map<string, string>()
  if (investigations.length === 0) return errors
  for (const file of logFiles) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
    for (const line of lines) {
      const id = investigations.find(each => line.includes(`"investigationId":"${each}"`))
      const entry = id === undefined ? undefined : parse(line)
      if (id !== undefined && entry?.err) errors.set(id, describe(entry.err))
    }
  }
  return errors
}

type LoggedError = { type?: string; message?: string; stack?: string; cause?: LoggedError }

function describe({ type, message, stack, cause }: LoggedError): string {
  const frames =
    stack
      ?.split('\n')
      .slice(1, 1 + STACK_LINES)
      .map(frame => frame.trim()) ?? []
  const error = [`${type}: ${message}`, ...frames].join('\n              ')
  return `\n              ${error}${cause === undefined ? '' : `\n              caused by${describe(cause)}`}`
}

// A process that was killed leaves half a line.
function parse(line: string): { err?: LoggedError } | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
