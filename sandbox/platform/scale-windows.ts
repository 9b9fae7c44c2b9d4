/** The keys whose values are windows, in the configuration of Prometheus and Alertmanager and in rule files. */
const WINDOW_KEYS = new Set([
  'for',
  'keep_firing_for',
  'scrape_interval',
  'scrape_timeout',
  'evaluation_interval',
  'interval',
  'group_wait',
  'group_interval',
  'repeat_interval',
  'resolve_timeout',
  'refresh_interval',
])

/** Divides every window of a parsed configuration by `factor`: durations under known keys, and ranges in `expr`. */
export function scaleWindows(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map(item => scaleWindows(item, factor))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner === 'string' && WINDOW_KEYS.has(key)) return [key, scaleDuration(inner, factor)]
      if (typeof inner === 'string' && key === 'expr') return [key, scaleRanges(inner, factor)]
      return [key, scaleWindows(inner, factor)]
    }),
  )
}

/** Divides the range and offset durations in a PromQL expression. */
function scaleRanges(expr: string, factor: number): string {
  return expr
    .replace(/\[([0-9a-z]+)(?::([0-9a-z]*))?\]/g, (_all, range: string, step: string | undefined) =>
      step === undefined
        ? `[${scaleDuration(range, factor)}]`
        : `[${scaleDuration(range, factor)}:${step && scaleDuration(step, factor)}]`,
    )
    .replace(/\boffset\s+([0-9a-z]+)/g, (_all, offset: string) => `offset ${scaleDuration(offset, factor)}`)
}

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/**
 * Divides a Prometheus duration (`1h30m`) by a factor and returns whole milliseconds, at least one. Throws for any
 * other text.
 */
export function scaleDuration(duration: string, factor: number): string {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(duration))
    throw new Error(`"${duration}" is not a Prometheus duration; expected for example 5m or 1h30m`)
  const ms = [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  )
  return `${Math.max(1, Math.round(ms / factor))}ms`
}
