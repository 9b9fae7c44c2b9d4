import { Ajv } from 'ajv'
import { default as addFormats } from 'ajv-formats'

type Response = { method: string; path: string; status: number; body: unknown }
type Schema = Record<string, unknown>
type Operation = {
  responses?: Record<string, { schema?: Schema; content?: Record<string, { schema?: Schema }> }>
}
/** The fields used of an OpenAPI 3 or Swagger 2 document. */
export type ApiDescription = { paths: Record<string, Record<string, Operation>> }

/**
 * Validates responses against a published API description. `path` is a path, or its template. Throws for a response
 * that the description lacks, and for a body that does not match its schema.
 */
export function createResponseValidator(description: ApiDescription) {
  // Descriptions use keywords and formats that JSON Schema does not define.
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  addFormats.default(ajv)
  ajv.addSchema(description, 'api')

  return function validateResponse({ method, path, status, body }: Response): void {
    // A conditional request may be answered 304 wherever there is an ETag; descriptions omit it. Source: RFC 9110.
    if (status === 304) return
    const verb = method.toLowerCase()
    const template = findTemplate(description, verb, path)
    const responses = template === undefined ? undefined : description.paths[template]?.[verb]?.responses
    if (template === undefined || !responses)
      throw new Error(`${method} ${path} is not in the API description.`)
    const code = responses[status] ? String(status) : 'default'
    const response = responses[code]
    const answered = `${method} ${path} answered ${status}`
    if (!response) throw new Error(`${answered}, which is not in the API description.`)
    if (!response.schema && !response.content?.['application/json']?.schema) return
    const schema = response.schema ? ['schema'] : ['content', 'application/json', 'schema']
    const pointer = ['paths', template, verb, 'responses', code, ...schema].map(escapePointer).join('/')
    const validate = ajv.getSchema(`api#/${pointer}`)
    if (!validate) throw new Error(`The schema of ${method} ${template} ${code} cannot be read.`)
    if (validate(body)) return
    const errors = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    throw new Error(`${answered}, which does not match the API description: ${errors.slice(0, 8).join('; ')}`)
  }
}

function findTemplate({ paths }: ApiDescription, verb: string, path: string): string | undefined {
  if (paths[path]?.[verb]) return path
  const segments = path.split('/')
  return Object.keys(paths).find(template => {
    const parts = template.split('/')
    const isMatch = parts.every((part, index) => part.startsWith('{') || part === segments[index])
    return paths[template]?.[verb] !== undefined && parts.length === segments.length && isMatch
  })
}

// RFC 6901, in a URI fragment.
function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}
