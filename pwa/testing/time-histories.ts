import fc from 'fast-check'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DEVICES = 2

export type TimeStep =
  | { do: 'gesture'; device: number; gesture: 'toggle' | 'start' }
  | { do: 'sync'; device: number; net: string; upMs: number; downMs: number }
  | { do: 'deliver late'; which: number }
  | { do: 'wait'; ms: number }
  | { do: 'sleep'; device: number; ms: number }
  | { do: 'set clock'; device: number; offsetMs: number }
  /** The page is closed for a time in which somebody may set the clock. */
  | { do: 'reload'; device: number; ms: number; offsetMs: number | null }

/** What happens to two devices of one person. */
export type TimeHistory = {
  startMs: number
  offsetsMs: number[]
  /** Whether the steady clock of each device goes on in sleep, as on some platforms. */
  isSteadyInSleep: boolean[]
  steps: TimeStep[]
}

const device = fc.nat(DEVICES - 1)
const offset = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -400 * DAY_MS, max: 400 * DAY_MS }),
  fc.integer({ min: -DAY_MS, max: DAY_MS }),
  fc.integer({ min: -90 * SECOND_MS, max: 90 * SECOND_MS }),
)

function sync(fields: { net: fc.Arbitrary<string>; delay: fc.Arbitrary<number> }) {
  const { net, delay } = fields
  return fc.record({ do: fc.constant('sync' as const), device, net, upMs: delay, downMs: delay })
}

function steps(exchange: fc.Arbitrary<TimeStep>): fc.Arbitrary<TimeStep[]> {
  const step: fc.Arbitrary<TimeStep> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('gesture' as const),
        device,
        gesture: fc.constantFrom('toggle' as const, 'start' as const),
      }),
    },
    { weight: 4, arbitrary: exchange },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.oneof(
          fc.integer({ min: 1, max: 600 * SECOND_MS }),
          fc.integer({ min: HOUR_MS, max: 10 * HOUR_MS }),
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('sleep' as const),
        device,
        ms: fc.integer({ min: 10 * SECOND_MS, max: 10 * HOUR_MS }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('set clock' as const), device, offsetMs: offset }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('reload' as const),
        device,
        ms: fc.integer({ min: 1, max: 10 * HOUR_MS }),
        offsetMs: fc.option(offset),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver late' as const), which: fc.nat(5) }) },
  )
  return fc.array(step, { minLength: 5, maxLength: 60, size: 'max' })
}

/** Random histories around midnight and changes of the clocks, some on a perfect network and some on a bad one. */
export const timeHistory: fc.Arbitrary<TimeHistory> = fc.record({
  // Berlin in spring and autumn, New York in autumn, Lord Howe by half an hour.
  startMs: fc
    .constantFrom('2026-03-28T20:00Z', '2026-10-24T20:00Z', '2026-11-01T00:00Z', '2026-04-04T10:00Z')
    .map(Date.parse),
  offsetsMs: fc.array(offset, { minLength: DEVICES, maxLength: DEVICES }),
  isSteadyInSleep: fc.array(fc.boolean(), { minLength: DEVICES, maxLength: DEVICES }),
  steps: fc.oneof(
    steps(sync({ net: fc.constant('ok'), delay: fc.constant(0) })),
    steps(
      sync({
        net: fc.constantFrom('ok', 'ok', 'ok', 'request lost', 'answer lost', 'twice', 'late'),
        delay: fc.oneof(fc.nat(300), fc.nat(4_500)),
      }),
    ),
  ),
})
