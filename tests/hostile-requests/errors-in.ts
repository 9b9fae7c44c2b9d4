import type { Series } from './read-series.ts'

/** The series that count errors of ours or of a dependency and have changed, whatever they are called. */
export function errorsIn(before: Series, after: Series): string[] {
  const isError = (series: string) =>
    series.startsWith('goalixa_') &&
    /status="5|outcome="(?!ok)|error|fail|timeout/i.test(series) &&
    !series.includes('_bucket')
  const grown = [...after].filter(([series, value]) => isError(series) && value !== (before.get(series) ?? 0))
  const down = [...after].filter(
    ([series, value]) => series.startsWith('goalixa_dependency_up') && value !== 1,
  )
  return [...grown, ...down].map(([series, value]) => `${series} ${value}`)
}
