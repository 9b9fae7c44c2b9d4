import { SERVED } from '../kinds.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import { schemasOf } from './open-api-schema.ts'
import { pathOf } from './open-api-v3.ts'

export type OpenApiV2 = ReturnType<typeof buildOpenApiV2>

/** Builds the OpenAPI 2 document of all kinds, with the parts that kubectl uses for validation. */
export function buildOpenApiV2() {
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.32.0' },
    paths: Object.fromEntries(
      SERVED.map(kind => [`/${rootOf(kind)}/${pathOf(kind)}`, { patch: operationOf(kind) }]),
    ),
    definitions: schemasOf(SERVED, '#/definitions/'),
  }
}

function rootOf(kind: ResourceKind): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`
}

function operationOf({ group, version, kind }: ResourceKind) {
  return {
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
      name,
      in: 'query' as const,
      type: 'string',
    })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
}
