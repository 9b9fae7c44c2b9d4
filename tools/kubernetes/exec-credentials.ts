import { execFile } from 'node:child_process'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import { z } from 'zod'
import { escapeControlCharacters } from '../escape-control-characters.ts'
import { throwIfStopped } from '../http/throw-if-stopped.ts'
import { redactText, redactValues } from '../redact.ts'
import type { ExecPlugin } from './exec-plugin.ts'
import { pluginEnvironment } from './plugin-environment.ts'

const Credential = z.looseObject({
  status: z.looseObject({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
})
export type ExecCredential = z.infer<typeof Credential>['status']

export type ExecOptions = { secretSettings?: string[]; pluginTimeoutMs?: number }

const TIMEOUT_MS = 30_000
const MAX_BYTES = 1_048_576
/** A credential is renewed before it expires, because a request takes a while. */
const RENEWAL_MS = 10_000

/**
 * The credentials of an exec plugin (client.authentication.k8s.io), cached until they expire or are dropped. Rejects with
 * `unauthenticated` NO_CREDENTIALS that contains what the plugin wrote to its standard error, without secrets. The plugin inherits the
 * environment without the variables of `secretSettings`.
 */
export function createExecCredentials(
  plugin: ExecPlugin,
  { secretSettings = [], pluginTimeoutMs = TIMEOUT_MS }: ExecOptions,
) {
  let latest: Promise<ExecCredential> | undefined
  let expiresAt = Number.POSITIVE_INFINITY

  async function read(): Promise<ExecCredential> {
    const { status } = parseCredential(plugin, await run(plugin, secretSettings, pluginTimeoutMs))
    expiresAt = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) : Number.POSITIVE_INFINITY
    return status
  }

  return {
    /** Concurrent callers share one run of the plugin, which goes on for later ones when a caller stops waiting. */
    async get(signal: AbortSignal): Promise<ExecCredential> {
      if (latest === undefined || Date.now() > expiresAt - RENEWAL_MS) {
        expiresAt = Number.POSITIVE_INFINITY
        const running = read()
        latest = running
        running.catch(() => {
          if (latest === running) latest = undefined
        })
      }
      return untilStopped(latest, signal, `The exec plugin ${plugin.command} in the kubeconfig`)
    },
    /** Makes the next caller run the plugin again, after the API server refused what it gave. */
    drop(): void {
      latest = undefined
    },
  }
}

async function untilStopped<T>(work: Promise<T>, signal: AbortSignal, name: string): Promise<T> {
  throwIfStopped(signal, name)
  const stopped = Promise.withResolvers<void>()
  const stop = () => stopped.resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, stopped.promise])
    throwIfStopped(signal, name)
    return await work
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function run(plugin: ExecPlugin, secretSettings: string[], timeout: number): Promise<string> {
  const { command, args, installHint } = plugin
  const { env, secrets } = pluginEnvironment(plugin, secretSettings, process.env)
  const options = { env, timeout, killSignal: 'SIGKILL', maxBuffer: MAX_BYTES } as const
  return new Promise((resolve, reject) => {
    execFile(command, args ?? [], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const hint = installHint ? ` ${oneLine(installHint)}` : ''
      // Without the error, which contains the arguments and all of what the plugin wrote.
      reject(noCredentials(command, `${describeExit(error, redactValues(stderr, secrets), timeout)}${hint}`))
    })
  })
}

function describeExit(
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
  timeoutMs: number,
): string {
  if (error.code === 'ENOENT') return 'it is not installed where Syntra runs (ENOENT).'
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it wrote more than 1 MiB.'
  if (error.killed) return `it did not end within ${pluralize(timeoutMs / 1000, 'second')}.`
  const reason = oneLine(stderr)
  const exit =
    typeof error.code === 'number' ? `it exited with ${error.code}` : `it could not be run (${error.code})`
  if (reason === '') return `${exit} and wrote no reason.`
  return `${exit}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`
}

function parseCredential({ command }: ExecPlugin, stdout: string): z.infer<typeof Credential> {
  try {
    return Credential.parse(JSON.parse(stdout))
  } catch {
    // Without the text, which may contain a token, and the error, which quotes it.
    throw noCredentials(command, 'it printed no ExecCredential with a status.')
  }
}

function noCredentials(command: string, reason: string): ExpectedError {
  return new ExpectedError(
    'unauthenticated',
    'NO_CREDENTIALS',
    `The exec plugin ${command} in the kubeconfig gave no credentials for Kubernetes: ${reason}`,
  )
}

function oneLine(text: string): string {
  const line = text
    .split('\n')
    .map(part => part.trim())
    .filter(part => part !== '')
    .join(' ')
  return redactText(escapeControlCharacters(line)).slice(0, 500)
}
