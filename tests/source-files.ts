import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's root, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Lists every TypeScript file that Git sees (tracked, or new and not ignored), as paths from the root. */
export function sourceFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return listed.split('\n').filter(path => path !== '' && existsSync(ROOT + path))
}

/** Lists the imports of a file: each specifier as written, and whether it imports only types. */
export function importsOf(path: string): { specifier: string; typesOnly: boolean }[] {
  const source = readFileSync(ROOT + path, 'utf8')
  const statements = source.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*'([^']+)'/gm)
  const bare = source.matchAll(/^\s*import\s+'([^']+)'/gm)
  return [
    ...[...statements].map(([, type, specifier]) => ({
      specifier: specifier ?? '',
      typesOnly: type !== undefined,
    })),
    ...[...bare].map(([, specifier]) => ({ specifier: specifier ?? '', typesOnly: false })),
  ]
}
