import fc from 'fast-check'

const DAY_MS = 86_400_000
const DEVICES = 4

/** Values by number: a long text, one that is refused on the way, one that every request is refused for, one that the server rejects. */
export const SYNC_VALUES: Record<number, string> = {
  6: 'ن'.repeat(400),
  7: 'ن'.repeat(1_500),
  8: 'refused',
  9: 'rejected',
}

const value: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat(5) },
  { weight: 3, arbitrary: fc.constant(6) },
  { weight: 1, arbitrary: fc.constantFrom(7, 8, 9) },
)

type Step =
  | { do: 'edit'; device: number; row: number; field: string; value: number }
  /** A gesture that reads the clock, or a time that a person types. */
  | { do: 'time'; device: number; row: number; field: string; typedAheadMs: number | null }
  | { do: 'sync'; device: number; ops: number; net: string }
  | { do: 'deliver late'; which: number }
  | { do: 'wait'; ms: number }
  | { do: 'set clock'; device: number; offsetMs: number }
  | { do: 'set server clock'; offsetMs: number }

/** What happens to four devices: their clocks' errors and then one thing after the other. */
export type History = { offsetsMs: number[]; steps: Step[] }

const offset = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -400 * DAY_MS, max: 400 * DAY_MS }),
  fc.integer({ min: -90_000, max: 90_000 }),
)

const steps: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      device: fc.nat(DEVICES - 1),
      row: fc.nat(3),
      field: fc.constantFrom('name', 'done', 'project', 'deleted'),
      value,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      device: fc.nat(DEVICES - 1),
      ops: fc.integer({ min: 0, max: 4 }),
      net: fc.constantFrom('ok', 'ok', 'request lost', 'answer lost', 'twice', 'late', 'forbidden'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver late' as const), which: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 600_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set clock' as const),
      device: fc.nat(DEVICES - 1),
      offsetMs: offset,
    }),
  },
]

const time: fc.WeightedArbitrary<Step> = {
  weight: 3,
  arbitrary: fc.record({
    do: fc.constant('time' as const),
    device: fc.nat(DEVICES - 1),
    row: fc.nat(2),
    field: fc.constantFrom('started_at', 'ended_at'),
    typedAheadMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.integer({ min: -200_000, max: 200_000 }) },
    ),
  }),
}

const serverClock: fc.WeightedArbitrary<Step> = {
  weight: 1,
  arbitrary: fc.record({
    do: fc.constant('set server clock' as const),
    offsetMs: fc.oneof(fc.constant(0), fc.integer({ min: -DAY_MS, max: DAY_MS })),
  }),
}

function historyOf(possible: fc.WeightedArbitrary<Step>[]): fc.Arbitrary<History> {
  return fc.record({
    offsetsMs: fc.array(offset, { minLength: DEVICES, maxLength: DEVICES }),
    steps: fc.array(fc.oneof(...possible), { minLength: 5, maxLength: 120, size: 'max' }),
  })
}

/** Random histories of four devices with wrong clocks on an unreliable network. */
export const history = historyOf([...steps, time])

/** The same with a server whose clock is set: what devices have measured with it is wrong, so nothing records a time. */
export const serverClockHistory = historyOf([...steps, serverClock])
