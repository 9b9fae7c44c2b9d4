import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { notConfigured } from '../http/not-configured.ts'
import { parseRunbook } from './parse-runbook.ts'
import type { Runbook, RunbookFolder } from './runbook.ts'

/** The runbooks of a folder. An invalid one is listed in `faulty` and does not hide the others. */
export function createRunbookFolder(folder: string | undefined): RunbookFolder {
  return {
    async load(signal) {
      if (folder === undefined) throw notConfigured('The runbook folder', 'RUNBOOKS_DIR')
      const runbooks: Runbook[] = []
      const faulty: { path: string; message: string }[] = []
      for (const path of await filesIn(folder)) {
        const text = await readFile(join(folder, path), { encoding: 'utf8', signal })
        try {
          runbooks.push(parseRunbook(text, path))
        } catch (error) {
          if (!(error instanceof ExpectedError)) throw error
          faulty.push({ path, message: error.message })
        }
      }
      return { runbooks, faulty }
    },
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.filter(name => name.endsWith('.md') && name !== 'README.md').sort()
  } catch (cause) {
    throw new ExpectedError(
      'unavailable',
      'NO_RUNBOOKS',
      `The runbook folder ${folder} cannot be read; check RUNBOOKS_DIR.`,
      {
        cause,
      },
    )
  }
}
