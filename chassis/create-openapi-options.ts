import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Problem } from './problem.ts'

type ServiceInfo = { name: string; version: string; acceptsBearer: boolean }
/** Codes of problems by HTTP status. */
type ErrorCodes = Readonly<Record<number, readonly string[]>>

declare module 'fastify' {
  interface FastifySchema {
    /** The codes of the problems that this route returns, by status, beyond those of every route. */
    errors?: ErrorCodes
  }
}

/** Creates the options for the OpenAPI 3.0 description of a service: routes, the problems they return, authentication. */
export function createOpenapiOptions({
  name,
  version,
  acceptsBearer,
}: ServiceInfo): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      info: { title: name, version },
      ...(acceptsBearer ? { security: [{ bearer: [] }] } : {}),
      components: {
        schemas: { Problem: PROBLEM_SCHEMA },
        ...(acceptsBearer ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } : {}),
      },
    },
    transform: route => {
      const { schema, url } = jsonSchemaTransform(route)
      return { schema: { ...schema, 'x-errors': route.schema && errorsOf(route.schema) }, url }
    },
    transformObject: description =>
      'openapiObject' in description ? withProblems(description.openapiObject) : description.swaggerObject,
  }
}

type Description = Extract<
  Parameters<NonNullable<FastifyDynamicSwaggerOptions['transformObject']>>[0],
  { openapiObject: unknown }
>['openapiObject']

// Zod types the result as a schema whose `type` may be any string.
const PROBLEM_SCHEMA = z.toJSONSchema(Problem, { target: 'openapi-3.0' }) as object

/** Returns the declared errors of a route, and those of every route with input. */
function errorsOf({ errors = {}, body, params, querystring }: FastifySchema): ErrorCodes {
  const hasInput = [body, params, querystring].some(schema => schema !== undefined)
  return mergeCodes(errors, hasInput ? INPUT_ERRORS : {}, body === undefined ? {} : BODY_ERRORS)
}

const INPUT_ERRORS = { 400: ['INVALID_INPUT'] }
// The errors of a body that never reaches a schema.
const BODY_ERRORS = {
  400: [
    'FST_ERR_CTP_EMPTY_JSON_BODY',
    'FST_ERR_CTP_INVALID_JSON_BODY',
    'INVALID_UTF8',
    'JSON_TOO_DEEP',
    'NUMBER_TOO_LARGE',
    'TOO_MANY_VALUES',
  ],
  413: ['FST_ERR_CTP_BODY_TOO_LARGE'],
  415: ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'UNSUPPORTED_BODY'],
}

function mergeCodes(...all: ErrorCodes[]): ErrorCodes {
  const entries = all.flatMap(codes => Object.entries(codes))
  const byStatus = Map.groupBy(entries, ([status]) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [status, some.flatMap(([, codes]) => codes)]),
  )
}

function withProblems(openapi: Description): Description {
  for (const path of Object.values(openapi.paths ?? {}))
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation: (Operation & { 'x-errors'?: ErrorCodes }) | undefined = path?.[method]
      if (!operation) continue
      const { 'x-errors': errors = {} } = operation
      delete operation['x-errors']
      const problems = Object.entries(errors).map(([status, codes]) => [status, problemWith(codes)])
      operation.responses = { ...operation.responses, ...Object.fromEntries(problems), default: PROBLEM }
    }
  return openapi
}

type Operation = NonNullable<NonNullable<NonNullable<Description['paths']>[string]>['get']>

const REFERENCE = { $ref: '#/components/schemas/Problem' }
const PROBLEM = {
  description: 'Problem details (RFC 9457).',
  content: { 'application/problem+json': { schema: REFERENCE } },
}

function problemWith(codes: readonly string[]) {
  const schema = { allOf: [REFERENCE, { properties: { code: { enum: codes } } }] }
  return { description: codes.join(', '), content: { 'application/problem+json': { schema } } }
}
