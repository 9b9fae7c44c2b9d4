import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks a yes/no question on the terminal; anything but yes is no. */
export async function promptYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    terminal.close()
  }
}

/** Asks for a secret on the terminal without showing what is typed. */
export async function promptSecret(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question)
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: discard, terminal: true })
  try {
    return (await terminal.question('', { signal })).trim()
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
