import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, connect } from './connect.ts'
import type { Json } from './json.ts'
import { IMAGE, MERGE } from './sample-deployment.ts'

let api: Api
beforeAll(async () => {
  api = await connect()
})
afterAll(() => api.stop())

const job = (name: string, spec = {}) => ({
  metadata: { name },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: IMAGE }] } },
    ...spec,
  },
})
const create = (name: string, spec = {}) =>
  api.request('POST', api.group('batch/v1', 'jobs'), job(name, spec))
const jobWhen = (name: string, isRight: (body: Json) => boolean) =>
  api.until(api.group('batch/v1', `jobs/${name}`), isRight)
const podsOf = (name: string, isRight: (items: Json[]) => boolean) =>
  api
    .until(api.core(`pods?labelSelector=job-name%3D${name}`), body => isRight(body.items))
    .then(body => body.items)
const end = (pod: Json, phase: string) =>
  api.request('PATCH', api.core(`pods/${pod.metadata.name}/status`), { status: { phase } }, MERGE)
const hasEnded = ({ status }: Json) =>
  status.conditions?.some(({ type }: Json) => type === 'Complete' || type === 'Failed')
const isRunning = (pod: Json) => pod.status.phase === 'Running'

describe('a job', () => {
  it('is complete once its pod has succeeded, and failed after too many failures', async context => {
    if (!api.hasTestNode) context.skip()
    await create('good')
    const [first] = await podsOf('good', items => items.some(isRunning))
    await end(first, 'Succeeded')
    const good = await jobWhen('good', hasEnded)
    expect(good.status).toMatchObject({
      succeeded: 1,
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached' },
        { type: 'Complete', status: 'True', reason: 'CompletionsReached' },
      ],
      completionTime: expect.any(String),
    })
    await create('bad', { backoffLimit: 0 })
    const [only] = await podsOf('bad', items => items.some(isRunning))
    await end(only, 'Failed')
    const bad = await jobWhen('bad', hasEnded)
    expect(bad.status).toMatchObject({
      failed: 1,
      conditions: [
        { type: 'FailureTarget', reason: 'BackoffLimitExceeded' },
        { type: 'Failed', reason: 'BackoffLimitExceeded' },
      ],
    })
  })

  it('with indexes numbers its pods, and is complete once each index has succeeded', async context => {
    if (!api.hasTestNode) context.skip()
    await create('numbered', { completionMode: 'Indexed', completions: 3, parallelism: 2 })
    const pods = await podsOf('numbered', items => items.filter(isRunning).length === 2)
    const indexOf = (pod: Json) => pod.metadata.labels['batch.kubernetes.io/job-completion-index']
    expect(pods.map(indexOf).toSorted()).toEqual(['0', '1'])
    expect(pods[0].metadata.name).toMatch(new RegExp(`^numbered-${indexOf(pods[0])}-[a-z0-9]{5}$`))
    expect(pods[0].spec.containers[0].env).toContainEqual(
      expect.objectContaining({ name: 'JOB_COMPLETION_INDEX' }),
    )
    for (const pod of pods) await end(pod, 'Succeeded')
    const rest = (await podsOf('numbered', items => items.some(isRunning))).filter(isRunning)
    expect(rest.map(indexOf)).toEqual(['2'])
    await end(rest[0], 'Succeeded')
    const done = await jobWhen('numbered', hasEnded)
    expect(done.status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' })
  })

  it('may change its parallelism, but not its template or completions', async () => {
    await create('fixed', { completions: 2, parallelism: 0 })
    // The controller has seen it.
    await jobWhen('fixed', ({ status }) => status.startTime)
    const patch = patchOf('fixed')
    expect((await patch({ parallelism: 1 })).spec.parallelism).toBe(1)
    await expectImmutable(patch, ['spec.completions', { completions: 3 }])
    await expectImmutable(patch, ['spec.template', { template: labelled }])
  })

  it('that waits to be started for the first time may still be told where its pods go', async () => {
    await create('waiting', { suspend: true })
    const patch = patchOf('waiting')
    const template = { ...labelled, spec: { nodeSelector: { disk: 'ssd' } } }
    expect((await patch({ template })).spec.template).toMatchObject(template)
    await expectImmutable(patch, ['spec.template', { template: { spec: { serviceAccountName: 'other' } } }])
    await expectImmutable(patch, ['spec.completions', { completions: 3 }])
  })
})

const labelled = { metadata: { labels: { other: 'yes' } } }
const patchOf = (name: string) => (spec: object) =>
  api.request('PATCH', api.group('batch/v1', `jobs/${name}`), { spec }, MERGE).then(({ body }) => body)

async function expectImmutable(
  patch: (spec: object) => Promise<Json>,
  [field, spec]: readonly [field: string, spec: object],
) {
  expect(await patch(spec)).toMatchObject({
    code: 422,
    details: { causes: [{ field, message: expect.stringContaining('field is immutable') }] },
  })
}
