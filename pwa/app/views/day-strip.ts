import { html, svg } from 'lit-html'
import type { Records } from '../data/records.ts'
import type { DaySummary } from '../data/summarise-day.ts'
import { formatHour } from '../format.ts'

const WIDTH = 960
const HOUR_MS = 3_600_000
const MIN_BLOCK_WIDTH = 3

/** Renders the day as a strip: a block for each stretch of time, in the colour of its project, and a line for now. */
export function dayStrip(
  { stretches, fromMs, toMs }: DaySummary,
  { tasks, projects }: Records,
  nowMs: number,
) {
  const colorOf = new Map(projects.map(({ id, color }) => [id, color]))
  const projectOf = new Map(tasks.map(({ id, projectId }) => [id, projectId]))
  const { startMs, endMs } = visibleHours(stretches, { fromMs, toMs, nowMs })
  const x = (ms: number) => ((ms - startMs) / (endMs - startMs)) * WIDTH
  const hours = Array.from(
    { length: Math.round((endMs - startMs) / HOUR_MS) + 1 },
    (_, i) => startMs + i * HOUR_MS,
  )
  const labelled = hours.filter((_, index) => index % 3 === 0)
  const isToday = nowMs >= fromMs && nowMs < toMs
  return html`<figure class="strip">
    <svg viewBox="0 0 ${WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="Time entries of the day">
      <rect class="strip-ground" width=${WIDTH} height="28" rx="6" />
      ${hours.map(ms => svg`<rect class="strip-hour" x=${x(ms)} width="1" height="28" />`)}
      ${stretches.map(
        stretch => svg`<rect
          class="strip-block"
          x=${x(stretch.startMs)}
          y="4"
          height="20"
          rx="3"
          width=${Math.max(x(stretch.endMs) - x(stretch.startMs), MIN_BLOCK_WIDTH)}
          fill=${colorOf.get(projectOf.get(stretch.taskId ?? '') ?? '') ?? 'var(--neutral)'}
        />`,
      )}
      ${isToday ? svg`<rect class="strip-now" x=${x(nowMs)} width="2" height="28" />` : null}
    </svg>
    <div class="strip-labels" aria-hidden="true">
      ${labelled.map(ms => html`<span>${formatHour(ms)}</span>`)}
    </div>
  </figure>`
}

// From early morning to late evening, extended to entries outside of that; a multiple of three hours.
function visibleHours(
  stretches: DaySummary['stretches'],
  day: { fromMs: number; toMs: number; nowMs: number },
) {
  const isNowInside = day.nowMs >= day.fromMs && day.nowMs < day.toMs
  const times = [...stretches.flatMap(s => [s.startMs, s.endMs]), ...(isNowInside ? [day.nowMs] : [])]
  const first = Math.min(6, ...times.map(ms => Math.floor((ms - day.fromMs) / HOUR_MS / 3) * 3))
  const last = Math.max(21, ...times.map(ms => Math.ceil((ms - day.fromMs) / HOUR_MS / 3) * 3))
  return { startMs: day.fromMs + first * HOUR_MS, endMs: day.fromMs + last * HOUR_MS }
}
