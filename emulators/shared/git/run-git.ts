import { spawn } from 'node:child_process'
import { gitEnvironment } from './config.ts'

export type GitOptions = {
  input?: string | Buffer
  env?: Record<string, string>
  /** Exit codes other than 0 that are a result, not a failure. */
  acceptedExitCodes?: number[]
  signal?: AbortSignal
}
export type GitResult = { exitCode: number; stdout: Buffer }

/** Git exited with an unexpected code, or could not be started (exit code -1). */
export class GitFailure extends Error {
  override readonly name = 'GitFailure'
  readonly exitCode: number
  readonly stderr: string

  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args[0]} exited with ${exitCode}: ${stderr.trim()}`)
    this.exitCode = exitCode
    this.stderr = stderr.trim()
  }
}

/** Runs git in a directory, isolated from the user's configuration. Throws GitFailure. */
export function runGit(directory: string, args: readonly string[], options: GitOptions = {}) {
  return new Promise<GitResult>((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: directory,
      env: { ...gitEnvironment(), ...options.env },
      signal: options.signal,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', error => reject(new GitFailure(args, -1, error.message)))
    child.on('close', code => {
      const exitCode = code ?? -1
      const isAccepted = exitCode === 0 || (options.acceptedExitCodes ?? []).includes(exitCode)
      if (isAccepted) resolve({ exitCode, stdout: Buffer.concat(out) })
      else reject(new GitFailure(args, exitCode, Buffer.concat(err).toString()))
    })
    // Git may exit before it has read all of its input; the exit code then shows why.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** Returns the output of git without the last line break. Throws GitFailure. */
export async function gitText(directory: string, args: readonly string[], options?: GitOptions) {
  const { stdout } = await runGit(directory, args, options)
  return stdout.toString().replace(/\n$/, '')
}
