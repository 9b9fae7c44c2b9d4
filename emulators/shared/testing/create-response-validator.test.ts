import { describe, expect, it } from 'vitest'
import { createResponseValidator } from './create-response-validator.ts'

const repository = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
const openApi3 = {
  paths: {
    '/repos/{owner}/{repo}': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/repository' } } } },
          204: {},
        },
      },
    },
  },
  components: { schemas: { repository } },
}
const swagger2 = {
  paths: {
    '/v1/apps/{name}': { get: { responses: { default: { schema: { $ref: '#/definitions/repository' } } } } },
  },
  definitions: { repository },
}

describe('a response validator', () => {
  const validate = createResponseValidator(openApi3)
  const get = (path: string, status: number, body: unknown) => validate({ method: 'GET', path, status, body })

  it('accepts a described response, by template and by path', () => {
    get('/repos/{owner}/{repo}', 200, { id: 1, more: true })
    get('/repos/goalixa/deploy', 200, { id: 1 })
    get('/repos/goalixa/deploy', 204, undefined)
    get('/repos/goalixa/deploy', 304, undefined)
  })

  it('rejects a body that does not match the schema, and names the field', () => {
    expect(() => get('/repos/goalixa/deploy', 200, { id: '1' })).toThrow(
      'GET /repos/goalixa/deploy answered 200, which does not match the API description: /id must be integer',
    )
    expect(() => get('/repos/goalixa/deploy', 200, {})).toThrow("must have required property 'id'")
  })

  it('rejects an undescribed path and an undescribed status', () => {
    expect(() => get('/repos/goalixa', 200, {})).toThrow('is not in the API description')
    expect(() => get('/repos/goalixa/deploy', 418, {})).toThrow('which is not in the API description')
  })

  it('reads Swagger 2, with its default response', () => {
    const check = createResponseValidator(swagger2)
    check({ method: 'GET', path: '/v1/apps/core', status: 404, body: { id: 1 } })
    expect(() => check({ method: 'GET', path: '/v1/apps/core', status: 200, body: { id: 'x' } })).toThrow(
      '/id',
    )
  })
})
