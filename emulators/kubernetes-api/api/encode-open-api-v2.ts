import protobuf from 'protobufjs/light.js'
import { stringify } from 'yaml'
import type { OpenApiV2 } from './build-open-api-v2.ts'
import type { Schema } from './open-api-schema.ts'

type Field = { id: number; type: string; rule?: 'repeated' }
const string = (id: number): Field => ({ id, type: 'string' })
const one = (id: number, type: string): Field => ({ id, type })
const many = (id: number, type: string): Field => ({ id, type, rule: 'repeated' })

// The messages and fields that our documents use. Source: google/gnostic, openapiv2/OpenAPIv2.proto.
const MESSAGES: Record<string, Record<string, Field>> = {
  Document: {
    swagger: string(1),
    info: one(2, 'Info'),
    paths: one(8, 'Paths'),
    definitions: one(9, 'NamedSchemas'),
  },
  Info: { title: string(1), version: string(2) },
  Paths: { path: many(2, 'NamedPathItem') },
  NamedPathItem: { name: string(1), value: one(2, 'PathItem') },
  PathItem: { patch: one(8, 'Operation') },
  Operation: {
    parameters: many(8, 'ParametersItem'),
    responses: one(9, 'Responses'),
    extensions: many(13, 'NamedAny'),
  },
  ParametersItem: { parameter: one(1, 'Parameter') },
  Parameter: { nonBody: one(2, 'NonBodyParameter') },
  NonBodyParameter: { query: one(3, 'QueryParameter') },
  QueryParameter: { in: string(2), name: string(4), type: string(6) },
  Responses: { code: many(1, 'NamedResponse') },
  NamedResponse: { name: string(1), value: one(2, 'ResponseValue') },
  ResponseValue: { response: one(1, 'Response') },
  Response: { description: string(1) },
  NamedSchemas: { named: many(1, 'NamedSchema') },
  NamedSchema: { name: string(1), value: one(2, 'Schema') },
  Schema: {
    ref: string(1),
    format: string(2),
    additionalProperties: one(21, 'AdditionalProperties'),
    type: one(22, 'Type'),
    items: one(23, 'Items'),
    properties: one(25, 'NamedSchemas'),
    extensions: many(31, 'NamedAny'),
  },
  AdditionalProperties: { schema: one(1, 'Schema') },
  Type: { value: { id: 1, type: 'string', rule: 'repeated' } },
  Items: { schema: many(1, 'Schema') },
  NamedAny: { name: string(1), value: one(2, 'Any') },
  Any: { yaml: string(2) },
}

/**
 * Encodes an OpenAPI 2 document as the protobuf message `openapi.v2.Document`, the form that kubectl before 1.27
 * reads.
 */
export function encodeOpenApiV2(document: OpenApiV2): Buffer {
  const nested = Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, { fields }]))
  const message = protobuf.Root.fromJSON({ nested }).lookupType('Document')
  const { swagger, info, paths, definitions } = document
  return Buffer.from(
    message
      .encode(
        message.fromObject({
          swagger,
          info,
          paths: {
            path: Object.entries(paths).map(([name, { patch }]) => ({
              name,
              value: { patch: operationMessage(patch) },
            })),
          },
          definitions: namedSchemas(definitions),
        }),
      )
      .finish(),
  )
}

function operationMessage(operation: OpenApiV2['paths'][string]['patch']) {
  return {
    parameters: operation.parameters.map(parameter => ({ parameter: { nonBody: { query: parameter } } })),
    responses: { code: [{ name: '200', value: { response: operation.responses[200] } }] },
    extensions: extensionsOf(operation),
  }
}

function namedSchemas(schemas: Record<string, Schema>) {
  return { named: Object.entries(schemas).map(([name, schema]) => ({ name, value: schemaMessage(schema) })) }
}

function schemaMessage(schema: Schema): object {
  const { $ref, type, format, items, properties, additionalProperties } = schema
  return {
    ref: $ref,
    format,
    type: type === undefined ? undefined : { value: [type] },
    items: items === undefined ? undefined : { schema: [schemaMessage(items as Schema)] },
    properties: properties === undefined ? undefined : namedSchemas(properties as Record<string, Schema>),
    additionalProperties: additionalProperties && {
      schema: schemaMessage(additionalProperties as Schema),
    },
    extensions: extensionsOf(schema),
  }
}

function extensionsOf(source: object) {
  return Object.entries(source)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => ({ name, value: { yaml: stringify(value) } }))
}
