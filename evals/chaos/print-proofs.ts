import pc from 'picocolors'
import type { Proof, ScriptedResult } from './prove.ts'

/** Which planted bug was caught by which check, and whether the same run without it is clean, as text. */
export function printProofs(proofs: Proof[]): string {
  return [
    '',
    pc.bold('Planted bugs'),
    ...proofs.flatMap(({ bug, withBug, withoutBug }) => [
      `  ${withBug.violations.length > 0 ? pc.green('caught') : pc.red('MISSED')}  ${bug.title} (${[...new Set(bug.edits.map(({ file }) => file))].join(', ')}) by ${bug.caughtBy}`,
      ...withBug.violations.slice(0, 2).map(({ id, message }) => `            ${id}: ${message}`),
      ...describeKept(withBug),
      withoutBug.violations.length === 0
        ? `          ${pc.green('the control without the bug is clean')}`
        : `          ${pc.red('THE CONTROL WITHOUT THE BUG IS NOT CLEAN')}: ${withoutBug.violations[0]?.message}`,
      ...describeKept(withoutBug),
    ]),
    '',
  ].join('\n')
}

function describeKept({ kept }: ScriptedResult): string[] {
  return kept === null ? [] : [`            Logs, journal, requests and tables: ${kept}`]
}
