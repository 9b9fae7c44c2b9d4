import { describe, expect, it } from 'vitest'
import { slowRelease } from '../devops/testing/slow-release.ts'
import { buildSnapshot } from '../snapshot/build-snapshot.ts'
import { indexSnapshot } from '../snapshot/index-snapshot.ts'
import { Scope, type Snapshot } from '../snapshot/snapshot.ts'
import { investigate } from '../testing/investigate.ts'
import { NAMESPACE } from '../testing/kube.ts'
import { classifyTarget, TIER_LABEL } from './classify-target.ts'
import { describeClassification } from './describe-classification.ts'
import { parseEnvironmentRules } from './environment-rules.ts'

type Installed = {
  namespace: string
  /** Null: the namespace could not be read. */
  labels?: Record<string, string> | null
  settings?: string
  workload?: { labels?: Record<string, string>; annotations?: Record<string, string> }
}

function classify({ namespace, labels = {}, settings = '', workload = {} }: Installed) {
  const objects: Snapshot['objects'] = [
    { evidence: 'E1', object: { kind: 'Deployment', metadata: { name: 'core', namespace, ...workload } } },
  ]
  if (labels !== null)
    objects.push({ evidence: 'E4', object: { kind: 'Namespace', metadata: { name: namespace, labels } } })
  const scope = Scope.parse({ since: '2026-01-01T00:00:00Z', environments: parseEnvironmentRules(settings) })
  const view = indexSnapshot({ ...buildSnapshot(scope, []), objects })
  return classifyTarget(view, { kind: 'Deployment', namespace, name: 'core' })
}
const environmentIn = (installed: Installed) => classify(installed).environment

describe('the environment', () => {
  it('comes from a label of the namespace before the settings, and from these before the name', () => {
    const namespace = 'shop-staging'
    const settings = 'shop-*=test'
    const labels = { environment: 'Prod' }
    expect(environmentIn({ namespace, settings, labels })).toEqual({
      value: 'production',
      from: 'label',
      text: 'environment=Prod',
      evidence: 'E4',
    })
    expect(environmentIn({ namespace, settings })).toEqual({
      value: 'test',
      from: 'setting',
      text: 'shop-*=test',
      evidence: null,
    })
    expect(environmentIn({ namespace })).toEqual({
      value: 'staging',
      from: 'name',
      text: 'shop-staging',
      evidence: null,
    })
  })

  it('is production where nothing names one, and where a label has a value that is not known', () => {
    expect(environmentIn({ namespace: 'shop' })).toMatchObject({ value: 'production', from: 'default' })
    expect(environmentIn({ namespace: 'shop-dev', labels: { env: 'blue' } })).toMatchObject({
      value: 'production',
      text: 'env=blue',
    })
  })

  it('comes from the settings where the labels could not be read, because these may contradict the name', () => {
    const unread = { namespace: 'shop-dev', labels: null }
    expect(environmentIn(unread)).toMatchObject({ value: 'production', from: 'default' })
    expect(environmentIn({ ...unread, settings: 'shop-dev=staging' })).toMatchObject({ value: 'staging' })
  })

  it.each([
    ['shop-development', 'development'],
    ['dev', 'development'],
    ['qa-2', 'test'],
    ['preview-pr-12', 'preview'],
    ['test-production', 'production'],
    ['prod2-test', 'production'],
    ['test-prd', 'production'],
    ['shop-live-preview', 'production'],
    ['shop-dev2', 'production'],
    ['devices', 'production'],
    ['contest', 'production'],
  ])('takes whole words of a name only: %s is %s', (namespace, expected) => {
    expect(environmentIn({ namespace }).value).toBe(expected)
  })

  it('takes its own label before labels that other tools set', () => {
    const labels = { env: 'dev', 'syntra.goalixa.com/environment': 'production' }
    expect(environmentIn({ namespace: 'shop', labels }).value).toBe('production')
  })
})

it('is shown with its source', () => {
  const labels = { env: 'stage', [TIER_LABEL]: 'B' }
  expect(describeClassification(classify({ namespace: 'shop', labels }))).toBe(
    `staging (label env=stage), tier B (label ${TIER_LABEL}=B)`,
  )
  expect(describeClassification(classify({ namespace: 'shop-dev', settings: 'shop-*=test' }))).toBe(
    'test (SYNTRA_ENVIRONMENTS shop-*=test), tier A (by default)',
  )
  expect(describeClassification(classify({ namespace: 'shop-dev' }))).toBe(
    'development (namespace shop-dev), tier A (by default)',
  )
})

describe('labels that contradict each other', () => {
  it('count as production, unless Syntra’s own label decides', () => {
    const labels = { environment: 'dev', env: 'prod' }
    expect(environmentIn({ namespace: 'shop', labels })).toMatchObject({
      value: 'production',
      text: 'env=prod',
    })
    expect(
      environmentIn({ namespace: 'shop', labels: { ...labels, 'syntra.goalixa.com/environment': 'test' } })
        .value,
    ).toBe('test')
  })
})

describe('the tier', () => {
  it('comes from the workload before its namespace, and is A without either', () => {
    const installed = { namespace: 'shop', labels: { [TIER_LABEL]: 'B' } }
    const annotated = { annotations: { [TIER_LABEL]: 'A' } }
    expect(classify(installed).tier).toMatchObject({ value: 'B', from: 'label', evidence: 'E4' })
    expect(classify({ ...installed, workload: annotated }).tier).toMatchObject({
      value: 'A',
      from: 'annotation',
      evidence: 'E1',
    })
    expect(classify({ namespace: 'shop' }).tier).toMatchObject({ value: 'A', from: 'default' })
    expect(classify({ namespace: 'shop', labels: { [TIER_LABEL]: 'b' } }).tier.value).toBe('A')
  })
})

it('is part of what is proposed: a namespace that is labelled as staging lowers the risk', () => {
  const proposed = (labels: Record<string, string>) => {
    const world = slowRelease()
    world.objects.push({ kind: 'Namespace', metadata: { name: NAMESPACE, labels } })
    return investigate(world).choice.proposal
  }
  expect(proposed({})).toMatchObject({
    risk: 'R3',
    classification: { environment: { value: 'production', from: 'name', text: NAMESPACE } },
  })
  expect(proposed({ 'syntra.goalixa.com/environment': 'staging' })).toMatchObject({
    risk: 'R2',
    classification: { environment: { value: 'staging', from: 'label' }, tier: { value: 'A' } },
  })
})

describe('SYNTRA_ENVIRONMENTS', () => {
  it('maps the first pattern that fits', () => {
    const settings = 'pay-*-eu=production, pay-*=staging, *=test'
    const value = (namespace: string) => environmentIn({ namespace, settings }).value
    expect(['pay-core-eu', 'pay-core', 'pay-eu', 'else'].map(value)).toEqual([
      'production',
      'staging',
      'staging',
      'test',
    ])
  })

  it.each(['shop', 'shop=blue', 'Shop_1=test', '=test', 'a=test=b'])(
    'rejects %s with what to write',
    text => {
      expect(() => parseEnvironmentRules(text)).toThrow(
        `"${text}" gives no namespace an environment; expected NAMESPACE=ENVIRONMENT`,
      )
    },
  )
})
