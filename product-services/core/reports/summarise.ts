/** A stretch of time on a task, in ms since 1970. */
export type Stretch = { id: string; taskId: string | null; startMs: number; endMs: number }
export type DaySpan = { date: string; startMs: number; endMs: number }
export type Summary = {
  totalSeconds: number
  days: { date: string; seconds: number }[]
  tasks: Map<string | null, number>
}

/**
 * Sums the time spent per day and per task. Where entries overlap, the time belongs to the one that started last, as if
 * the timer had switched over. So no second counts twice, and days and tasks sum to the same total. Times are truncated
 * to whole seconds first, so that the sums are exact.
 */
export function summarise(stretches: Stretch[], days: DaySpan[]): Summary {
  const pieces = removeOverlaps(stretches.map(toSeconds).filter(({ start, end }) => end > start))
  const tasks = new Map<string | null, number>()
  const perDay = days.map(day => {
    const [from, to] = [Math.floor(day.startMs / 1000), Math.floor(day.endMs / 1000)]
    let seconds = 0
    for (const { taskId, start, end } of pieces) {
      const part = Math.min(end, to) - Math.max(start, from)
      if (part <= 0) continue
      seconds += part
      tasks.set(taskId, (tasks.get(taskId) ?? 0) + part)
    }
    return { date: day.date, seconds }
  })
  return { totalSeconds: perDay.reduce((sum, { seconds }) => sum + seconds, 0), days: perDay, tasks }
}

type Piece = { id: string; taskId: string | null; start: number; end: number }

// Cuts the pieces so that none overlaps another. Between two borders, the piece that started last wins.
function removeOverlaps(pieces: Piece[]): Piece[] {
  const starts = pieces.toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
  const borders = [...new Set(pieces.flatMap(({ start, end }) => [start, end]))].toSorted((a, b) => a - b)
  const result: Piece[] = []
  let open: Piece[] = []
  let next = 0
  for (const [index, start] of borders.entries()) {
    for (let piece = starts[next]; piece && piece.start <= start; piece = starts[++next]) open.push(piece)
    open = open.filter(piece => piece.end > start)
    const owner = open.at(-1)
    const end = borders[index + 1]
    if (owner && end !== undefined) result.push({ ...owner, start, end })
  }
  return result
}

function toSeconds({ id, taskId, startMs, endMs }: Stretch): Piece {
  return { id, taskId, start: Math.floor(startMs / 1000), end: Math.floor(endMs / 1000) }
}
