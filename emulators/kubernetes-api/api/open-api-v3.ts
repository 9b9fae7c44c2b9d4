import { SERVED } from '../kinds.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import { schemasOf } from './open-api-schema.ts'

const documents = new Map<string, unknown>()

/** Returns the OpenAPI 3 document of one group version, such as `apis/apps/v1`; built on first request. */
export function openApiV3(root: string): unknown {
  const known = documents.get(root)
  if (known) return known
  const kinds = SERVED.filter(kind => rootOf(kind) === root)
  const document = {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.32.0' },
    paths: Object.fromEntries(kinds.map(kind => [`/${root}/${pathOf(kind)}`, pathItem(kind)])),
    components: { schemas: schemasOf(kinds, '#/components/schemas/') },
  }
  documents.set(root, document)
  return document
}

function rootOf(kind: ResourceKind): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`
}

/** Returns the path of one object relative to its group version. */
export function pathOf({ isNamespaced, plural }: ResourceKind): string {
  return isNamespaced ? `namespaces/{namespace}/${plural}/{name}` : `${plural}/{name}`
}

// kubectl looks for these parameters: they declare that the server supports dry run and field validation.
function pathItem({ group, version, kind }: ResourceKind) {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }))
  const operation = {
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
  return {
    get: { ...operation, parameters: [], 'x-kubernetes-action': 'get' },
    put: { ...operation, 'x-kubernetes-action': 'put' },
    patch: { ...operation, 'x-kubernetes-action': 'patch' },
    delete: { ...operation, 'x-kubernetes-action': 'delete' },
  }
}
