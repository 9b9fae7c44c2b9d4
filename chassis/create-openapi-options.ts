import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Problem } from './problem.ts'

type ServiceInfo = { name: string; version: string; acceptsBearer: boolean }

/** The OpenAPI 3.0 description of a service: its routes, the problem that any of them may answer, and authentication. */
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
    transform: jsonSchemaTransform,
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

function withProblems(openapi: Description): Description {
  for (const path of Object.values(openapi.paths ?? {}))
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = path?.[method]
      if (operation) operation.responses = { ...operation.responses, default: PROBLEM }
    }
  return openapi
}

const PROBLEM = {
  description: 'Problem details (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}
