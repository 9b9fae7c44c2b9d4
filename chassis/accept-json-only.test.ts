import { expect, test } from 'vitest'
import { buildTestService } from './testing/build-test-service.ts'

test('a body that cannot be used is refused with what was expected of it, and the limit', async () => {
  const { app, lines } = await buildTestService({
    routes: app => void app.post('/things', { bodyLimit: 8_000 }, async ({ body }) => body),
  })
  const post = async (payload: string | Buffer, headers = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/things',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    })
    const { code, fields } = answer.json()
    return [answer.statusCode, code, fields?.[0]?.field, fields?.[0]?.expected]
  }
  const deep = `{"size":${'['.repeat(2_000)}${']'.repeat(2_000)}}`
  expect(await post(deep)).toEqual([400, 'JSON_TOO_DEEP', 'size', 'at most 64 levels of nesting in the body'])
  expect(await post(' '.repeat(9_000))).toEqual([
    413,
    'FST_ERR_CTP_BODY_TOO_LARGE',
    '(body)',
    'at most 8,000 bytes',
  ])
  expect((await post(Buffer.from([0x22, 0xff, 0x22]))).slice(0, 3)).toEqual([400, 'INVALID_UTF8', '(body)'])
  for (const number of ['1e400', '-1e400', '9'.repeat(400)])
    expect((await post(`{"sizes":[1,${number}]}`)).slice(0, 3)).toEqual([400, 'NUMBER_TOO_LARGE', 'sizes.1'])
  for (const headers of [
    { 'content-encoding': 'gzip' },
    { 'content-type': 'application/json; charset=latin1' },
  ])
    expect((await post('{}', headers)).slice(0, 3)).toEqual([
      415,
      'UNSUPPORTED_BODY',
      Object.keys(headers)[0],
    ])
  const accepted = ['{"size":0.01e2}', '{"__proto__":{"isAdmin":true},"size":1}', '\ufeff{"size":1}']
  for (const payload of accepted)
    expect(
      (
        await app.inject({
          method: 'POST',
          url: '/things',
          payload,
          headers: { 'content-type': 'application/json' },
        })
      ).json(),
    ).toEqual({ size: 1 })
  expect(lines).toEqual([])
})

test('a body may have a hundred thousand values', async () => {
  const { app } = await buildTestService({ routes: app => void app.post('/things', async () => ({})) })
  const post = async (payload: string) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'POST', url: '/things', payload, headers })
    return [answer.statusCode, answer.json().fields?.[0].expected]
  }
  expect(await post(`[${'1,'.repeat(99_998)}1]`)).toEqual([200, undefined])
  for (const payload of [
    `[${'1,'.repeat(99_999)}1]`,
    '{"a":[]},'.repeat(50_000),
    '['.repeat(60).repeat(1_667),
  ])
    expect(await post(payload)).toEqual([400, expect.stringContaining('at most')])
})
