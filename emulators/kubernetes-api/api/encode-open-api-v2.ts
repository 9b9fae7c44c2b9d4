import { stringify } from 'yaml'
import type { Schema } from './open-api-schema.ts'
import type { OpenApiV2 } from './open-api-v2.ts'

/**
 * An OpenAPI 2 document as protobuf message `openapi.v2.Document`. Only what our documents contain is written. Source:
 * google/gnostic, openapiv2/OpenAPIv2.proto.
 */
export function encodeOpenApiV2(document: OpenApiV2): Buffer {
  return message(
    text(1, document.swagger),
    field(2, message(text(1, document.info.title), text(2, document.info.version))),
    field(
      8,
      message(
        ...Object.entries(document.paths).map(([path, item]) =>
          field(2, named(path, message(field(8, operation(item.patch))))),
        ),
      ),
    ),
    field(
      9,
      message(
        ...Object.entries(document.definitions).map(([name, schema]) =>
          field(1, named(name, schemaMessage(schema))),
        ),
      ),
    ),
  )
}

type Operation = OpenApiV2['paths'][string]['patch']

function operation(one: Operation): Buffer {
  const parameters = one.parameters.map(({ name, in: place, type }) => {
    const query = message(text(2, place), text(4, name), text(6, type))
    // ParametersItem.parameter(1) → Parameter.non_body_parameter(2) → NonBodyParameter.query_parameter_sub_schema(3)
    return field(8, message(field(1, message(field(2, message(field(3, query)))))))
  })
  const responses = message(field(1, named('200', message(field(1, message(text(1, 'OK')))))))
  return message(...parameters, field(9, responses), ...extensions(13, one))
}

function schemaMessage(schema: Schema): Buffer {
  const { $ref, type, format, items, properties, additionalProperties } = schema
  return message(
    typeof $ref === 'string' ? text(1, $ref) : none,
    typeof format === 'string' ? text(2, format) : none,
    additionalProperties ? field(21, message(field(1, schemaMessage(additionalProperties as Schema)))) : none,
    typeof type === 'string' ? field(22, message(text(1, type))) : none,
    items ? field(23, message(field(1, schemaMessage(items as Schema)))) : none,
    properties
      ? field(
          25,
          message(
            ...Object.entries(properties).map(([name, inner]) =>
              field(1, named(name, schemaMessage(inner as Schema))),
            ),
          ),
        )
      : none,
    ...extensions(31, schema),
  )
}

// NamedAny { name, value: Any { value: google.protobuf.Any, yaml } }
function extensions(number: number, schema: Schema): Buffer[] {
  return Object.entries(schema)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => field(number, named(name, message(text(2, stringify(value))))))
}

const none = Buffer.alloc(0)

function named(name: string, value: Buffer): Buffer {
  return message(text(1, name), field(2, value))
}

function message(...parts: Buffer[]): Buffer {
  return Buffer.concat(parts)
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value))
}

/** A length-delimited field. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(value.length), value])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}
