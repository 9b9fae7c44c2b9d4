import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { readConfig } from '@goalixa/chassis/config'
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

/** Address and key: options first, then SYNTRA_URL and SYNTRA_KEY, then what `syntra login` kept, then this machine. */
export async function readLogin(
  options: { url?: string; key?: string },
  env?: NodeJS.ProcessEnv,
): Promise<CliLogin> {
  const { SYNTRA_URL, SYNTRA_KEY } = readConfig(Environment, env)
  const kept = Stored.safeParse(JSON.parse(await readFile(loginFile(env), 'utf8').catch(() => 'null')))
  return {
    url: options.url ?? SYNTRA_URL ?? kept.data?.url ?? 'http://127.0.0.1:8080',
    key: options.key ?? SYNTRA_KEY ?? kept.data?.key,
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
