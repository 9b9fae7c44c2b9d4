import { Ajv } from 'ajv'
import { default as addFormats } from 'ajv-formats'

type Response = { method: string; path: string; status: number; body: unknown }
type Schema = Record<string, unknown>
type Operation = {
  responses?: Record<string, { schema?: Schema; content?: Record<string, { schema?: Schema }> }>
}
/** An OpenAPI 3 or Swagger 2 document, as far as it is read here. */
export type ApiDescription = { paths: Record<string, Record<string, Operation>> }

/**
 * Holds responses against a published API description. `path` is the template, such as `/repos/{owner}/{repo}`. Throws
 * for a response that the description does not have, or whose body does not match its schema.
 */
export function createResponseValidator(description: ApiDescription) {
  // Descriptions carry keywords that JSON Schema does not know.
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(description, 'api')

  return function validateResponse({ method, path, status, body }: Response): void {
    // A conditional request may be answered 304 wherever there is an ETag; descriptions leave it out. Source: RFC 9110.
    if (status === 304) return
    const operation = description.paths[path]?.[method.toLowerCase()]
    if (!operation) throw new Error(`${method} ${path} is not in the API description.`)
    const response = operation.responses?.[status] ?? operation.responses?.default
    const answered = `${method} ${path} answered ${status}`
    if (!response) throw new Error(`${answered}, which the API description does not have.`)
    const at = response.schema ? ['schema'] : ['content', 'application/json', 'schema']
    if (!response.schema && !response.content?.['application/json']?.schema) return
    const status_ = operation.responses?.[status] ? String(status) : 'default'
    const pointer = ['paths', path, method.toLowerCase(), 'responses', status_, ...at].map(escapePointer)
    const validate = ajv.getSchema(`api#/${pointer.join('/')}`)
    if (!validate) throw new Error(`${answered}, whose schema cannot be read.`)
    if (validate(body)) return
    const faults = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    throw new Error(`${answered}, which does not match the API description: ${faults.slice(0, 8).join('; ')}`)
  }
}

// RFC 6901, in a URI fragment.
function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}
