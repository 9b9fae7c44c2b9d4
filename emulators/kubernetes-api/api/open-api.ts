import { groupVersions } from './discovery.ts'
import { openApiV2, openApiV2Protobuf } from './open-api-v2.ts'
import { openApiV3 } from './open-api-v3.ts'
import { json, type Reply } from './reply.ts'

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** Serves the OpenAPI documents, from which kubectl reads how lists merge and what the server validates. */
export function openApi(path: string, accept: string): Reply | undefined {
  if (path === '/openapi/v2')
    return accept.includes('protobuf') && !accept.includes('application/json')
      ? { code: 200, body: openApiV2Protobuf(), contentType: PROTOBUF }
      : json(200, openApiV2())
  if (path === '/openapi/v3')
    return json(200, {
      paths: Object.fromEntries(roots().map(root => [root, { serverRelativeURL: `/openapi/v3/${root}` }])),
    })
  const root = roots().find(root => path === `/openapi/v3/${root}`)
  return root ? json(200, openApiV3(root)) : undefined
}

function roots(): string[] {
  return ['api/v1', ...groupVersions().map(groupVersion => `apis/${groupVersion}`)]
}
