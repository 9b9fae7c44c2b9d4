import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { readConfig } from '@goalixa/chassis/config'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Login } from '../commands/machine.ts'

const SavedLogin = z.object({ url: z.url(), key: z.string().optional() })

const Environment = z.object({
  SYNTRA_URL: z.url().optional(),
  SYNTRA_KEY: z.string().optional(),
  XDG_CONFIG_HOME: z.string().optional(),
})

/** The file in which `syntra login` saves address and key. */
export function loginFile(env?: NodeJS.ProcessEnv): string {
  const folder = readConfig(Environment, env).XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return join(folder, 'syntra', 'login.json')
}

/** Address and key: options first, then SYNTRA_URL and SYNTRA_KEY, then the saved login, then this machine. Throws BAD_URL. */
export async function readLogin(options: Partial<Login>, env?: NodeJS.ProcessEnv): Promise<Login> {
  const { SYNTRA_URL, SYNTRA_KEY } = readConfig(Environment, env)
  const saved = await readSavedLogin(loginFile(env))
  const url = options.url ?? SYNTRA_URL ?? saved?.url ?? 'http://127.0.0.1:8080'
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new ExpectedError('invalid', 'BAD_URL', `"${url}" is not an address of Syntra.`, {
      fields: [{ field: '--url or SYNTRA_URL', expected: 'an http:// or https:// address' }],
    })
  return { url, key: options.key ?? SYNTRA_KEY ?? saved?.key }
}

async function readSavedLogin(file: string): Promise<Login | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return SavedLogin.parse(JSON.parse(text))
  } catch (cause) {
    const message = `${file} is not valid; expected the file that \`syntra login\` writes. Remove it and sign in again.`
    throw new ExpectedError('invalid', 'BAD_LOGIN_FILE', message, { cause })
  }
}

/** Saves a login for later calls, readable by its owner only; resolves with the path of the file. */
export async function saveLogin(login: Login, env?: NodeJS.ProcessEnv): Promise<string> {
  const file = loginFile(env)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, JSON.stringify(login, null, 2), { mode: 0o600 })
  await chmod(file, 0o600)
  return file
}
