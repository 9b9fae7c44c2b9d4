import type { Facts } from './extract-facts.ts'

// The factors that convert a number that was read into this unit.
const SCALES: [RegExp, number[]][] = [
  [/^(?:%|percent|per cent)/i, [1, 100]],
  [/^(?:ms|milliseconds?)\b/i, [1, 1000]],
  [/^(?:s|secs?|seconds?)\b/i, [1, 0.001]],
  [/^(?:m|mins?|minutes?)\b/i, [1, 1 / 60, 1 / 60_000]],
  [/^(?:h|hours?)\b/i, [1, 1 / 3600, 1 / 3_600_000]],
  [/^(?:kib|kb|k)\b/i, [1, 1 / 1024, 1 / 1000]],
  [/^(?:mib|mb|mi|megabytes?)\b/i, [1, 1 / 1024, 1 / 1024 ** 2, 1 / 1000, 1 / 1000 ** 2]],
  [/^(?:gib|gb|gi|gigabytes?)\b/i, [1, 1 / 1024 ** 2, 1 / 1024 ** 3, 1 / 1000 ** 2, 1 / 1000 ** 3]],
]
/** Numbers without a unit up to this are counts, such as three pods or two restarts, and need no evidence. */
const MAX_COUNT = 20

/** The numbers and times of day in a sentence that were not read, either exactly or rounded, in the unit that follows them. */
export function findUnprovenNumbers(message: string, facts: Facts): string[] {
  const plain = message.replace(/(?<=\d),(?=\d{3}\b)/g, '')
  const times = plain.match(/\b\d{1,2}:\d{2}(?::\d{2})?\b/g) ?? []
  const numbers = [...plain.matchAll(/(?<![\w.:/@-])(\d+(?:\.(\d+))?)(?![\w]*[./:@-]?\w*[-_]|:\d)\s*(\S*)/g)]
  return [
    ...times.filter(time => !isTimeRead(time, facts)),
    ...numbers
      .filter(
        ([, number = '', decimals = '', unit = '']) => !isRead(Number(number), decimals.length, unit, facts),
      )
      .map(([, number = '']) => number),
  ]
}

function isRead(wanted: number, decimals: number, unit: string, { numbers }: Facts): boolean {
  const scales = SCALES.find(([pattern]) => pattern.test(unit))?.[1]
  if (scales === undefined && Number.isInteger(wanted) && wanted <= MAX_COUNT) return true
  const power = 10 ** decimals
  return numbers.some(read =>
    (scales ?? [1]).some(scale => Math.round(Math.abs(read) * scale * power) === Math.round(wanted * power)),
  )
}

function isTimeRead(time: string, { text, numbers }: Facts): boolean {
  const clock = time.padStart(time.split(':').length === 2 ? 5 : 8, '0')
  // Points of series carry Unix seconds.
  const isMoment = (read: number) =>
    read > 1e9 && read < 1e10 && new Date(read * 1000).toISOString().includes(`T${clock}`)
  return text.includes(clock) || numbers.some(isMoment)
}
