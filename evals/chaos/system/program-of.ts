import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A program of this repository, run by the same Node, with its log in the data folder. */
export function programOf(name: string, dataDir: string, args: string[], env: Record<string, string>) {
  return { name, command: process.execPath, args, env, cwd: ROOT, logFile: join(dataDir, `${name}.log`) }
}
