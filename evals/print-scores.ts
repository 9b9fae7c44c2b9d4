import pc from 'picocolors'
import type { Score } from './score.ts'

/** Formats the scoreboard as a table for a terminal, with a row of totals. */
export function printScores(scores: Score[]): string {
  const rows = [
    [
      'scenario',
      'detected',
      'cause',
      'subject',
      'remedy',
      'harmful actions',
      'to verdict',
      'to recovery',
      'reads',
    ],
    ...scores.map(score => [
      score.name,
      formatBoolean(score.detected),
      formatBoolean(score.causeRight),
      formatBoolean(score.subjectRight),
      formatBoolean(score.remedyRight),
      String(score.harmfulActions),
      formatSeconds(score.alertToVerdictSeconds),
      formatSeconds(score.alertToRecoverySeconds),
      String(score.reads),
    ]),
    [
      'total',
      count(scores, score => score.detected),
      count(scores, score => score.causeRight),
      count(scores, score => score.subjectRight),
      count(scores, score => score.remedyRight),
      String(scores.reduce((sum, score) => sum + score.harmfulActions, 0)),
      '',
      '',
      String(scores.reduce((sum, score) => sum + score.reads, 0)),
    ],
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map((row, index) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
      return index === 0 || index === rows.length - 1 ? pc.bold(line) : line
    })
    .join('\n')
}

function formatBoolean(value: boolean): string {
  return value ? 'yes' : 'NO'
}

function formatSeconds(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} s`
}

function count(scores: Score[], isCounted: (score: Score) => boolean): string {
  return `${scores.filter(isCounted).length}/${scores.length}`
}
