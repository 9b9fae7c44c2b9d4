import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROFILES } from '../signals/metric-profiles.ts'
import { SIGNAL_NAMES } from '../signals/signals.ts'
import {
  formatQuestionId,
  OBJECT_GROUPS,
  type ParsedQuestionId,
  parseQuestionId,
  type QuestionKind,
  questionId,
} from './question-id.ts'

/** Ordinary names, and any text with the characters that separate parts. */
const text = fc.oneof(
  fc.constantFrom('core', 'core-7d9-x', 'goalixa/deploy', 'feature/a@b', '1.2.3', 'main', '..', '.a.'),
  fc.string({ unit: fc.constantFrom('a', '1', '.', '/', '@', '%', '%2F', '-', 'é', ' ') }),
)

const everyKind: { [K in QuestionKind]: fc.Arbitrary<Extract<ParsedQuestionId, { kind: K }>> } = {
  objects: fc.record({ kind: fc.constant('objects'), group: fc.constantFrom(...OBJECT_GROUPS) }),
  detail: fc.record({ kind: fc.constant('detail'), object: text, name: text }),
  events: fc.record({ kind: fc.constant('events') }),
  alerts: fc.record({ kind: fc.constant('alerts') }),
  'alert-rule': fc.record({ kind: fc.constant('alert-rule'), alert: text }),
  series: fc.record({
    kind: fc.constant('series'),
    signal: fc.constantFrom(...SIGNAL_NAMES),
    profile: fc.constantFrom(null, ...PROFILES.map(profile => profile.name)),
  }),
  'metric-profiles': fc.record({ kind: fc.constant('metric-profiles') }),
  logs: fc.record({ kind: fc.constant('logs'), pod: text, container: text, previous: fc.boolean() }),
  'delivery-apps': fc.record({ kind: fc.constant('delivery-apps') }),
  'delivery-history': fc.record({ kind: fc.constant('delivery-history'), app: text }),
  'delivery-diff': fc.record({ kind: fc.constant('delivery-diff'), app: text }),
  'sync-windows': fc.record({ kind: fc.constant('sync-windows'), app: text }),
  'branch-rules': fc.record({ kind: fc.constant('branch-rules'), repo: text, branch: text }),
  compare: fc.record({ kind: fc.constant('compare'), repo: text, base: text, head: text }),
  commits: fc.record({ kind: fc.constant('commits'), app: text }),
  commit: fc.record({ kind: fc.constant('commit'), repo: text, sha: text }),
  rights: fc.record({
    kind: fc.constant('rights'),
    verb: text,
    object: text,
    namespace: text,
    name: text,
  }),
  model: fc.record({ kind: fc.constant('model'), tool: text, digest: text }),
}

describe('the id of a question', () => {
  it.each(Object.entries(everyKind))('of kind %s parses to what it was made from', (_kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<ParsedQuestionId>, question => {
        expect(parseQuestionId(formatQuestionId(question))).toEqual(question)
      }),
      { numRuns: 300 },
    )
  })

  it('fits into an index however long the names are, and stays unique', () => {
    const long = 'x/%'.repeat(10_000)
    const ids = [
      questionId.logs(`${long}a`, 'core', true),
      questionId.logs(`${long}b`, 'core', true),
      questionId.deliveryHistory(`${long}a`),
      questionId.rights('patch', 'Deployment', long, 'core'),
      questionId.rights('patch', 'Deployment', long, 'bff'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
    expect(Math.max(...ids.map(id => Buffer.byteLength(id)))).toBeLessThanOrEqual(2_000)
    // Its names are incomplete, so that nothing may be concluded from it.
    expect(ids.map(parseQuestionId)).toEqual(ids.map(() => null))
    const { kind: _kind, ...longest } = {
      kind: 'rights',
      verb: 'patch',
      object: 'v'.repeat(253),
      namespace: 'n'.repeat(253),
      name: 'm'.repeat(253),
    }
    expect(
      parseQuestionId(questionId.rights(longest.verb, longest.object, longest.namespace, longest.name)),
    ).toMatchObject(longest)
  })

  it('is for ordinary names as in stored evidence', () => {
    expect([
      questionId.series('latency-mean', 'opentelemetry-otlp'),
      questionId.logs('core-7d9-x', 'core', true),
      questionId.branchRules('goalixa/deploy', 'release/2.1'),
      questionId.compare('goalixa/deploy', 'a1b2c3d', 'e4f5a6b'),
      questionId.rights('patch', 'Deployment', 'goalixa-production', 'core'),
    ]).toEqual([
      'series/latency-mean@opentelemetry-otlp',
      'logs/core-7d9-x/core/previous',
      'forge/rules/goalixa/deploy@release/2.1',
      'forge/compare/goalixa/deploy/a1b2c3d...e4f5a6b',
      'rights/patch/Deployment/goalixa-production/core',
    ])
  })

  it.each([
    '',
    'pods',
    'objects/pods',
    'events/',
    'series/cpu',
    'series/latency-mean@unheard-of',
    'logs/a/b/latest',
    'logs/a/b',
    'forge/compare/a/b',
    'objects/workloads/Pod',
    'rights/patch/Deployment',
    '%',
    'delivery/history/%zz',
  ])('is not parsed where no constructor makes it: %j', id => {
    expect(parseQuestionId(id)).toBeNull()
  })
})
