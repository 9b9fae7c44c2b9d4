import { html, svg } from 'lit-html'
import type { Records } from '../data/records.ts'
import type { DaySummary } from '../data/summarise-day.ts'
import { formatHour } from '../format.ts'
import { type HourMark, hourMarks } from './hour-marks.ts'

const LABELLED_HOURS = 3
const FIRST_HOUR = 6
const LAST_HOUR = 21

/** Renders the day as a strip: a block for each stretch of time, in the colour of its project, and a line for now. */
export function dayStrip(
  { stretches, fromMs, toMs }: DaySummary,
  { tasks, projects }: Records,
  nowMs: number,
) {
  const colorOf = new Map(projects.map(({ id, color }) => [id, color]))
  const projectOf = new Map(tasks.map(({ id, projectId }) => [id, projectId]))
  const isToday = nowMs >= fromMs && nowMs < toMs
  const times = [...stretches.flatMap(s => [s.startMs, s.endMs]), ...(isToday ? [nowMs] : [])]
  const hours = visibleHours(hourMarks({ fromMs, toMs }), times)
  const [startMs, endMs] = [hours[0]?.ms ?? fromMs, hours.at(-1)?.ms ?? toMs]
  const percent = (ms: number) => (100 * (ms - startMs)) / Math.max(endMs - startMs, 1)
  const x = (ms: number) => `${percent(ms)}%`
  return html`<figure class="strip">
    <svg class="strip-bar" role="img" aria-label="Time entries of the day">
      <rect class="strip-ground" width="100%" height="28" rx="6" />
      ${hours.map(({ ms }) => svg`<rect class="strip-hour" x=${x(ms)} width="1" height="28" />`)}
      ${stretches.map(
        stretch => svg`<rect
          class="strip-block"
          x=${x(stretch.startMs)}
          y="4"
          height="20"
          rx="2"
          width=${x(startMs + Math.max(stretch.endMs - stretch.startMs, (endMs - startMs) / 320))}
          fill=${colorOf.get(projectOf.get(stretch.taskId ?? '') ?? '') ?? 'var(--neutral)'}
        />`,
      )}
      ${isToday ? svg`<rect class="strip-now" x=${x(nowMs)} width="2" height="28" />` : null}
    </svg>
    <svg class="strip-labels" aria-hidden="true">
      ${hours
        .filter(isLabelled)
        .map(
          ({ ms, hour }) =>
            svg`<text x=${x(ms)} y="11" class=${edge(percent(ms))} data-hour=${hour}>${formatHour(hour)}</text>`,
        )}
    </svg>
  </figure>`
}

// From early morning to late evening, extended to the labelled hours around everything that lies outside of that.
function visibleHours(marks: readonly HourMark[], times: readonly number[]): HourMark[] {
  const labelled = marks.filter(isLabelled)
  const firstMs = Math.min(...times, marks.find(({ hour }) => hour >= FIRST_HOUR)?.ms ?? Infinity)
  const lastMs = Math.max(...times, marks.findLast(({ hour }) => hour <= LAST_HOUR)?.ms ?? -Infinity)
  const startMs = labelled.findLast(({ ms }) => ms <= firstMs)?.ms ?? marks[0]?.ms ?? 0
  const endMs = labelled.find(({ ms }) => ms >= lastMs)?.ms ?? marks.at(-1)?.ms ?? 0
  return marks.filter(({ ms }) => ms >= startMs && ms <= endMs)
}

// Where the clocks are set back, an hour comes twice; the first of the two has the label.
function isLabelled({ hour }: HourMark, index: number, marks: readonly HourMark[]): boolean {
  return hour % LABELLED_HOURS === 0 && marks[index - 1]?.hour !== hour
}

function edge(percent: number): string {
  if (percent <= 0) return 'strip-first'
  return percent >= 100 ? 'strip-last' : ''
}
