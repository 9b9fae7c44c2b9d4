import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from './source-files.ts'

/** Copies the repository as Git sees it to a new folder, with its own workspaces and the npm packages of this repository. */
export function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'goalixa-copy-'))
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0')
  for (const path of listed.filter(
    path => path !== '' && !/^(evals\/results|tests\/old-data)\//.test(path),
  )) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    cpSync(join(ROOT, path), join(folder, path))
  }
  const packages = join(folder, 'node_modules')
  mkdirSync(packages)
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name === '@goalixa')
      cpSync(join(ROOT, 'node_modules/@goalixa'), join(packages, name), {
        recursive: true,
        verbatimSymlinks: true,
      })
    else symlinkSync(join(ROOT, 'node_modules', name), join(packages, name))
  return folder
}
