import { renameSync, writeFileSync } from 'node:fs'
import type { Names } from './build-dns-records.ts'

/**
 * Keeps the file with the DNS records for pods up to date. Rapid calls are combined into one write, and a reader never
 * sees half of one.
 */
export function createNamesFile({ file, names }: { file: string; names: () => Names }) {
  let written = ''
  let pending: NodeJS.Timeout | undefined

  function write() {
    pending = undefined
    const text = JSON.stringify(names())
    if (text === written) return
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
    written = text
  }

  return {
    write,
    changed() {
      pending ??= setTimeout(write, 20)
    },
    stop: () => clearTimeout(pending),
  }
}
