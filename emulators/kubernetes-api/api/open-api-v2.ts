import { SERVED } from '../kinds.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import { encodeOpenApiV2 } from './encode-open-api-v2.ts'
import { schemasOf } from './open-api-schema.ts'
import { pathOf } from './open-api-v3.ts'

export type OpenApiV2 = ReturnType<typeof build>
let document: OpenApiV2 | undefined
let encoded: Buffer | undefined

/** The OpenAPI 2 document of all kinds; kubectl before 1.27 validates with it. */
export function openApiV2(): OpenApiV2 {
  document ??= build()
  return document
}

/** The document as protobuf, the only form that kubectl before 1.27 requests. */
export function openApiV2Protobuf(): Buffer {
  encoded ??= encodeOpenApiV2(openApiV2())
  return encoded
}

function build() {
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
