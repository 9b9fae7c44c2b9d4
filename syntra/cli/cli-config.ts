import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { readConfig } from '@goalixa/chassis/config'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

const Stored = z.object({ url: z.url(), key: z.string().optional() })
export type CliLogin = z.infer<typeof Stored>

const Environment = z.object({
  SYNTRA_URL: z.url().optional(),
  SYNTRA_KEY: z.string().optional(),
  XDG_CONFIG_HOME: z.string().optional(),
})

/** Where `syntra login` keeps address and key, readable by its owner only. */
export function loginFile(env?: NodeJS.ProcessEnv): string {
  return join(
    readConfig(Environment, env).XDG_CONFIG_HOME ?? join(homedir(), '.config'),
    'syntra',
    'login.json',
  )
}

/** Address and key: options first, then SYNTRA_URL and SYNTRA_KEY, then what `syntra login` kept, then this machine. Throws BAD_URL. */
export async function readLogin(
  options: { url?: string; key?: string },
  env?: NodeJS.ProcessEnv,
): Promise<CliLogin> {
  const { SYNTRA_URL, SYNTRA_KEY } = readConfig(Environment, env)
  const kept = await readKept(loginFile(env))
  const url = options.url ?? SYNTRA_URL ?? kept?.url ?? 'http://127.0.0.1:8080'
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new ExpectedError('invalid', 'BAD_URL', `Syntra can not be at "${url}".`, {
      fields: [{ field: '--url or SYNTRA_URL', expected: 'an http:// or https:// address' }],
    })
  return { url, key: options.key ?? SYNTRA_KEY ?? kept?.key }
}

async function readKept(file: string): Promise<CliLogin | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return Stored.parse(JSON.parse(text))
  } catch (cause) {
    const message = `${file} is not what \`syntra login\` wrote. Remove it and sign in again.`
    throw new ExpectedError('invalid', 'BAD_LOGIN_FILE', message, { cause })
  }
}

/** Keeps a login for the next calls; resolves with the file's path. */
export async function keepLogin(login: CliLogin, env?: NodeJS.ProcessEnv): Promise<string> {
  const file = loginFile(env)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, JSON.stringify(login, null, 2), { mode: 0o600 })
  await chmod(file, 0o600)
  return file
}
