import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { AT } from '../testing/cases.ts'
import { dropAnswers } from '../testing/drop-answers.ts'
import { investigate } from '../testing/investigate.ts'
import { deployment, iso, NAMESPACE, pod, replicaSet, templateOf } from '../testing/kube.ts'
import { NOW } from '../testing/sample-cluster.ts'
import { SAMPLE_FAULTS } from '../testing/sample-faults.ts'
import { diagnose } from './diagnose.ts'
import type { Verdict } from './verdict.ts'

const LISTS = [
  'counted',
  'objects',
  'events',
  'logs',
  'series',
  'changes',
  'edges',
  'unread',
  'reads',
] as const

/** The highest confidence that a cause may have which is none with everything read. */
const GUESS = 0.5

/** The investigation of each sample cluster, made once for all tests. */
const CASES = SAMPLE_FAULTS.map(fault => ({ ...fault, ...investigate(fault.world()) }))
const snapshots = fc.constantFrom(...CASES)

describe.each(CASES)('the engine, where $message', ({ code, subject, verdict, snapshot }) => {
  it('finds the true cause', () => {
    expect(verdict.causes[0]?.code ?? null).toBe(code)
    expect(verdict.causes[0]?.subject.name ?? null).toBe(subject)
  })

  it('knows no names: with every name replaced, the verdict differs only in the names', () => {
    const renamed = (names: Names) =>
      diagnose(JSON.parse(rename(JSON.stringify(snapshot), names)) as Snapshot).verdict
    expect(essence(renamed(SAME_ORDER))).toEqual(
      JSON.parse(rename(JSON.stringify(essence(verdict)), SAME_ORDER)),
    )
    // Equally likely causes are ordered by name, so with other names only the likeliest stays the same.
    expect(inShort(renamed(OTHER_ORDER))).toEqual(
      JSON.parse(rename(JSON.stringify(inShort(verdict)), OTHER_ORDER)),
    )
  })

  it('ignores an unrelated rollout and old warnings', () => {
    const added = { ...snapshot, ...withRollout(snapshot) }
    expect(inShort(diagnose(added).verdict)).toEqual(inShort(verdict))
    const events = [...snapshot.events, ...oldWarnings(snapshot)]
    expect(essence(diagnose({ ...snapshot, events }).verdict)).toEqual(essence(verdict))
  })

  it('is inconclusive where nothing could be read, and lists what was not read', () => {
    const unread = snapshot.reads.map(({ evidence, question, tool }) => ({
      evidence,
      question,
      tool,
      reason: 'the cluster is away',
    }))
    const bare = Object.fromEntries(LISTS.map(list => [list, []])) as unknown as Snapshot
    const { verdict: blind } = diagnose({ ...bare, scope: snapshot.scope, at: snapshot.at, unread })
    expect(blind).toMatchObject({ outcome: 'inconclusive', causes: [], findings: [] })
    expect(blind.message).toContain(questionId.objects('workloads'))
    expect(blind.unread.map(lack => lack.question).toSorted()).toEqual(
      unread.map(lack => lack.question).toSorted(),
    )
  })
})

describe('the engine, for every snapshot', () => {
  it('the order of the reads does not change a byte of the verdict', () => {
    const unread = ['logs/a', 'logs/b', 'logs/c'].map((question, index) => ({
      evidence: `U${index}`,
      question,
      tool: 'kubernetes_read_logs',
      reason: 'not allowed',
    }))
    fc.assert(
      fc.property(snapshots, fc.integer(), ({ snapshot }, seed) => {
        const alerts = snapshot.scope.alerts.flatMap(alert => [alert, { ...alert, name: `${alert.name}Too` }])
        const read = { ...snapshot, scope: { ...snapshot.scope, alerts }, unread }
        const shuffled = { ...read, scope: { ...read.scope, alerts: inOtherOrder(alerts, seed) } }
        for (const list of LISTS) Object.assign(shuffled, { [list]: inOtherOrder<unknown>(read[list], seed) })
        expect(JSON.stringify(diagnose(shuffled).verdict)).toBe(JSON.stringify(diagnose(read).verdict))
      }),
      { numRuns: 100 },
    )
  })

  it('less evidence never makes another cause more likely, and never turns "inconclusive" into "no fault"', () => {
    fc.assert(
      fc.property(
        snapshots,
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        ({ snapshot, verdict, subject }, picks, isTold) => {
          const ids = snapshot.reads.map(read => read.evidence)
          const gone = new Set(picks.map(pick => ids[pick % ids.length] ?? ''))
          const { verdict: less } = diagnose(dropAnswers(snapshot, gone, isTold))
          if (verdict.outcome !== 'no-fault') expect(less.outcome).not.toBe('no-fault')
          if (less.outcome === 'cause') expect(less.causes[0]?.subject.name).toBe(subject)
          for (const cause of less.causes.filter(each => each.subject.name !== subject)) {
            const before = verdict.causes.find(
              each => each.code === cause.code && each.subject.name === cause.subject.name,
            )
            expect(cause.confidence).toBeLessThanOrEqual(before?.confidence ?? GUESS)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('every link of every chain cites recorded evidence', () => {
    fc.assert(
      fc.property(snapshots, fc.array(fc.nat(), { maxLength: 12 }), ({ snapshot }, picks) => {
        const ids = snapshot.reads.map(read => read.evidence)
        const less = dropAnswers(snapshot, new Set(picks.map(pick => ids[pick % ids.length] ?? '')), true)
        const read = new Set(less.reads.map(read => read.evidence))
        // A failed read may be cited by an argument, but never by a link.
        const known = new Set([...read, ...less.unread.map(read => read.evidence)])
        const areIn = (ids: Set<string>) => (cited: { evidence: string[] }) =>
          cited.evidence.length > 0 && cited.evidence.every(id => ids.has(id))
        for (const cause of diagnose(less).verdict.causes) {
          expect(cause.chain.filter(cited => !areIn(read)(cited))).toEqual([])
          expect([...cause.for, ...cause.against].filter(cited => !areIn(known)(cited))).toEqual([])
        }
      }),
      { numRuns: 100 },
    )
  })
})

/** The contents of a verdict, without what depends on the order of the reads. */
function essence(verdict: Verdict) {
  const key = (value: unknown) => JSON.stringify(value)
  const sorted = <T>(list: T[]) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  return {
    outcome: verdict.outcome,
    causes: verdict.causes.map(({ code, subject, confidence, chain, change, for: pro, against }) => ({
      code,
      subject,
      confidence,
      chain: chain.map(link => [link.code, link.subject, link.service]),
      change: change === null ? null : [change.kind, change.subject, change.from, change.to],
      for: pro.map(argument => argument.code),
      against: against.map(argument => argument.code),
    })),
    findings: sorted(
      verdict.findings.map(finding => [finding.code, finding.subject, finding.service, finding.onset]),
    ),
    ruledOut: sorted(verdict.ruledOut.map(suspect => suspect.subject)),
  }
}

function inShort({ outcome, causes }: Verdict) {
  return { outcome, cause: causes[0]?.code, subject: causes[0]?.subject }
}

type Names = [from: string, to: string][]

const SAME_ORDER: Names = [
  ['front', 'echo'],
  ['orders', 'oscar'],
  ['users', 'victor'],
  ['shop-production', 'tango'],
  ['shop', 'sierra'],
  ['db', 'bravo'],
  ['nowhere', 'mike'],
  ['node-1', 'lima'],
  ['h2', 'x7f2'],
  ['h3', 'x7f3'],
  ['h4', 'x7f4'],
]
const OTHER_ORDER: Names = [
  ['front', 'zulu'],
  ['orders', 'lima'],
  ['users', 'kilo'],
  ['shop-production', 'tango'],
  ['shop', 'bravo'],
  ['db', 'yankee'],
  ['nowhere', 'papa'],
  ['node-1', 'machine-q'],
  ['h2', 'x7f9'],
  ['h3', 'x7f8'],
  ['h4', 'x7f7'],
]

function rename(json: string, names: Names): string {
  return names.reduce(
    (text, [from, to]) => text.replaceAll(new RegExp(`(?<![A-Za-z0-9])${from}(?![A-Za-z0-9])`, 'g'), to),
    json,
  )
}

function inOtherOrder<T>(list: readonly T[], seed: number): T[] {
  return list
    .map((item, index) => ({ item, at: Math.sin((index + 1) * (seed % 1000) + seed) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** A healthy new version of a workload that nothing calls, rolled out just before the onset. */
function withRollout(snapshot: Snapshot): Pick<Snapshot, 'objects' | 'changes'> {
  const evidence =
    snapshot.reads.find(read => read.question === questionId.objects('workloads'))?.evidence ?? ''
  const [old, template] = ['1', '2'].map(tag => templateOf('blog', { image: `registry.example/blog:${tag}` }))
  if (old === undefined || template === undefined) return snapshot
  const objects = [
    deployment('blog', template, { at: AT - 2, revision: 2 }),
    replicaSet('blog', old, 1, NOW - 86_400, 0),
    replicaSet('blog', template, 2, AT - 2, 2),
    pod('blog', template, 2, 1, AT - 2),
    pod('blog', template, 2, 2, AT - 2),
  ].map(object => ({ evidence, object }))
  const change = {
    evidence: [evidence],
    kind: 'rollout' as const,
    subject: { kind: 'Deployment', namespace: NAMESPACE, name: 'blog' },
    at: iso(AT - 2),
    by: null,
    from: '1',
    to: '2',
    summary: 'blog revision 1 → 2',
    diff: [
      {
        path: 'spec.containers.[blog].image',
        before: 'registry.example/blog:1',
        after: 'registry.example/blog:2',
      },
    ],
  }
  return { objects: [...snapshot.objects, ...objects], changes: [...snapshot.changes, change] }
}

function oldWarnings(snapshot: Snapshot): Snapshot['events'] {
  const evidence = snapshot.reads.find(read => read.question === questionId.events())?.evidence ?? ''
  const pods = snapshot.objects.filter(object => object.object.kind === 'Pod')
  const warnings = [
    ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404'],
    ['Killing', 'Container x failed liveness probe, will be restarted'],
    ['BackOff', 'Back-off restarting failed container'],
    ['Failed', 'Failed to pull image "x": 401 Unauthorized'],
    ['FailedScheduling', '0/1 nodes are available: 1 Insufficient memory.'],
    ['FailedMount', 'MountVolume.SetUp failed for volume "data": secret "x" not found'],
  ] as const
  return pods.flatMap(({ object }) =>
    warnings.map(([reason, message]) => ({
      evidence,
      type: 'Warning',
      reason,
      message,
      object: { kind: 'Pod', namespace: NAMESPACE, name: object.metadata.name },
      count: 7,
      firstAt: iso(NOW - 80_000),
      lastAt: iso(NOW - 79_000),
    })),
  )
}
