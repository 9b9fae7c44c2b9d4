import { renameSync, writeFileSync } from 'node:fs'
import type { Names } from './names-of.ts'

/** Keeps the file that pods read names from; calls in quick succession are written once, and readers never see half of it. */
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
