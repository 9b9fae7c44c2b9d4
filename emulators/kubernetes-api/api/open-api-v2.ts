import { buildOpenApiV2, type OpenApiV2 } from './build-open-api-v2.ts'
import { encodeOpenApiV2 } from './encode-open-api-v2.ts'

let document: OpenApiV2 | undefined
let encoded: Buffer | undefined

/** Returns the OpenAPI 2 document of all kinds; kubectl before 1.27 validates with it. */
export function openApiV2(): OpenApiV2 {
  document ??= buildOpenApiV2()
  return document
}

/** Returns the document as protobuf, the only form that kubectl before 1.27 requests. */
export function openApiV2Protobuf(): Buffer {
  encoded ??= encodeOpenApiV2(openApiV2())
  return encoded
}
