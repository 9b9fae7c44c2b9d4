import { secondsOf } from '../../../snapshot/clock.ts'
import type { ConfidenceCheck } from '../check.ts'

/** A cause begins before what it causes, within what the clocks and scrapes allow. */
export const temporalPrecedence: ConfidenceCheck = ({ view, chain: { links } }) => {
  const [root] = links
  const known = links.filter(link => secondsOf(link.onset) !== null)
  if (known.length < 2 || known[0] !== root) return []
  const first = secondsOf(root?.onset) ?? 0
  const isFirst = known.every(one => (secondsOf(one.onset) ?? 0) >= first - view.toleranceSeconds)
  const evidence = [...new Set(known.flatMap(one => one.evidence))]
  return isFirst
    ? [{ side: 'for', code: 'CAME_FIRST', message: 'it began before everything that it explains', evidence }]
    : [
        {
          side: 'against',
          code: 'CAME_LATER',
          message: 'something that it should explain began before it',
          evidence,
        },
      ]
}
