import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ExpectedError } from '@goalixa/chassis/errors'
import { IncidentPage } from '../../incidents/incidents.schema.ts'
import { keepLogin, readLogin } from '../cli-config.ts'
import type { Context } from '../context.ts'
import { createSyntraClient } from '../syntra-client.ts'
import { toJsonText } from '../to-json-text.ts'

/** Checks address and key against Syntra and keeps them for later calls. Asks for the key, unseen, if none was given. */
export async function login(
  { env, signal, isJson, isTerminal, write }: Context,
  options: { url?: string; key?: string },
) {
  const known = await readLogin(options, env)
  const key = options.key ?? (isTerminal ? await askUnseen('API key: ', signal) : known.key)
  if (!key) throw new ExpectedError('invalid', 'NO_KEY', 'Give a key with --key or SYNTRA_KEY.')
  const client = createSyntraClient({ url: known.url, key })
  await client.get('/v1/incidents?limit=1', IncidentPage)
  const file = await keepLogin({ url: known.url, key }, env)
  write(
    isJson ? `${toJsonText({ url: known.url, file })}\n` : `Signed in at ${known.url}. Kept in ${file}.\n`,
  )
}

async function askUnseen(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return (await terminal.question('', { signal })).trim()
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
