import { scaled } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { PredicateOfKind } from './predicate.ts'

/**
 * Prometheus still scrapes a target of every job that it scraped at the diagnosis. If not, the query returns no sample, so that
 * the predicate is unknown and not false: a target that is no longer scraped looks like one without errors.
 */
export function scrapeTargetsUp(view: SnapshotView): PredicateOfKind<'scrape-targets-up'> {
  const before = `count by (job) (max_over_time(up[${seconds(view, 300, 15)}s] @ ${Math.round(view.at)}) == 1)`
  const now = `count by (job) (up == 1 and time() - timestamp(up) < ${seconds(view, 180, 10)})`
  return {
    kind: 'scrape-targets-up',
    message: 'Prometheus still scrapes every job that it scraped at the diagnosis',
    tool: 'prometheus_query',
    args: { query: `count(${before} and ${now}) / count(${before}) >= 1` },
    path: 'samples.max',
    op: '>=',
    value: 1,
  }
}

function seconds(view: SnapshotView, inProduction: number, floor: number): number {
  return Math.ceil(scaled(view.scope, inProduction, floor))
}
