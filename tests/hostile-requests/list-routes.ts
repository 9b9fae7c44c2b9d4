/** The part of a JSON schema that samples are made from. */
export type JsonSchema = {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  nullable?: boolean
}

/** A route of a running service: `path` with `{id}` for a parameter, and what it accepts. */
export type Route = {
  method: string
  path: string
  query: { name: string; schema: JsonSchema }[]
  body: JsonSchema | undefined
}

type Operation = {
  parameters?: { name: string; in: string; schema?: JsonSchema }[]
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> }
}

// Routes that no description lists, because they are not part of the API.
const HIDDEN = ['/livez', '/readyz', '/openapi.json']

/** Lists the routes of a running service from its own OpenAPI description. */
export async function listRoutes(address: string): Promise<Route[]> {
  const answer = await fetch(`${address}/openapi.json`)
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters
        .filter(parameter => parameter.in === 'query')
        .map(({ name, schema = {} }) => ({ name, schema })),
      body: requestBody?.content?.['application/json']?.schema,
    })),
  )
  return [...described, ...HIDDEN.map(path => ({ method: 'GET', path, query: [], body: undefined }))]
}
