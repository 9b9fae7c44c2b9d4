import { buildService } from '@goalixa/chassis/build-service'
import { readConfig } from '@goalixa/chassis/config'
import { DATABASE_STATES } from '@goalixa/chassis/database-states'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { SyntraConfig } from '@goalixa/syntra/config'
import { createRequireRole } from '@goalixa/syntra/operators/require-role'
import { type RoutesDeps, registerRoutes } from '@goalixa/syntra/register-routes'

/** Every route of Syntra in Markdown, from the OpenAPI document of its own routes. */
export async function describeApi(): Promise<string> {
  const { paths } = await readOpenapi()
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => describeRoute(method, path, operation)),
  )
  return [INTRODUCTION, indexOf(paths), ...routes].join('\n\n')
}

const INTRODUCTION = `A running Syntra serves the whole OpenAPI document at \`GET /openapi.json\`. Below, nested objects are shortened to \`{…}\`.

A request carries \`Authorization: Bearer <key or token>\` of an operator with at least the role named. Errors are problem details (RFC 9457) with a stable \`code\` and, for invalid input, the \`fields\`. Beyond the codes listed, each route may answer 500 \`INTERNAL\` and 503 with a \`Retry-After\`: \`POOL_EXHAUSTED\`, or the [state of the database](database-states.md) (${codes(Object.keys(DATABASE_STATES).join(', '))}).`

function indexOf(paths: Paths): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary, 'x-role': role }]) =>
        `| ${method.toUpperCase()} | \`${path}\` | ${summary} | ${role ?? '–'} |`,
    ),
  )
  return ['| method | path | what it does | role |', '|---|---|---|---|', ...rows].join('\n')
}

function describeRoute(method: string, path: string, operation: Operation): string {
  const { summary, parameters = [], requestBody, responses, 'x-role': role } = operation
  const answers = Object.entries(responses).filter(([status]) => /^2/.test(status))
  const errors = Object.entries(responses).filter(([status]) => /^[45]/.test(status))
  return [
    `## ${method.toUpperCase()} ${path}`,
    `${summary} ${role ? `Role: \`${role}\`.` : ''}`.trim(),
    parameters
      .filter(({ in: place }) => place === 'query')
      .map(describeParameter)
      .join('\n'),
    ...(requestBody ? [`Body:${typeIn(requestBody)}`] : []),
    ...answers.map(([status, answer]) => `${status}:${typeIn(answer)}`),
    `Errors: ${errors.map(([status, { description }]) => `${status} ${codes(description)}`).join('; ')}.`,
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function describeParameter({ name, required, schema }: Parameter): string {
  const standard = schema.default === undefined ? '' : `, by default \`${schema.default}\``
  return `- \`?${name}=\` \`${typeOf(schema, 0)}\`${standard}${required ? ', required' : ''}`
}

function codes(description: string): string {
  return description
    .split(', ')
    .map(code => `\`${code}\``)
    .join(', ')
}

function typeIn({ content }: Content): string {
  const schema = content?.['application/json']?.schema
  return schema ? `\n\n\`\`\`ts\n${typeOf(schema, 2)}\n\`\`\`` : ' a stream or a document.'
}

/** A JSON schema as a TypeScript type; objects below `depth` are shortened. */
function typeOf(schema: Schema, depth: number, indent = ''): string {
  const { type, nullable, enum: values, anyOf, oneOf, items, properties, additionalProperties } = schema
  const alternatives = anyOf ?? oneOf
  if (nullable) return `${typeOf({ ...schema, nullable: false }, depth, indent)} | null`
  if (values) return values.map(value => JSON.stringify(value)).join(' | ')
  if (alternatives)
    return [...new Set(alternatives.map(alternative => typeOf(alternative, depth, indent)))].join(' | ')
  if (type === 'array') return `${parenthesise(typeOf(items ?? {}, depth, indent))}[]`
  if (type === 'integer') return 'number'
  if (type !== 'object') return type ?? 'unknown'
  if (!properties)
    return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties, depth, indent) : 'unknown'}>`
  if (depth === 0) return '{…}'
  const members = Object.entries(properties).map(([name, member]) => {
    const mark = schema.required?.includes(name) ? '' : '?'
    return `${indent}  ${name}${mark}: ${typeOf(member, depth - 1, `${indent}  `)}`
  })
  return `{\n${members.join('\n')}\n${indent}}`
}

function parenthesise(type: string): string {
  return / \| /.test(type) && !type.startsWith('{') ? `(${type})` : type
}

type Schema = {
  type?: string
  nullable?: boolean
  enum?: unknown[]
  default?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  required?: string[]
}
type Content = { content?: Record<string, { schema: Schema }> }
type Parameter = { name: string; in: string; required?: boolean; schema: Schema }
type Paths = Record<string, Record<string, Operation>>
type Operation = {
  summary: string
  'x-role'?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content & { description: string }>
}

/** Syntra's own routes, on a service that has no database. */
async function readOpenapi(): Promise<{ paths: Paths }> {
  const service = await buildService({
    name: 'syntra',
    config: readConfig(SyntraConfig, { DATABASE_URL: 'postgres://unused' }),
    log: createLog({ service: 'syntra', level: 'silent' }),
    metrics: createMetrics(),
    acceptsBearer: true,
    routes: app => registerRoutes(app, NOTHING),
  })
  const response = await service.app.inject('/openapi.json')
  await service.app.close()
  return response.json()
}

const unused = new Proxy(
  {},
  {
    get: (_target, name) => {
      throw new Error(`${String(name)} was called while routes were registered; only requests may do that.`)
    },
  },
) as never
const NOTHING: RoutesDeps = {
  pool: unused,
  signIn: createRequireRole(unused),
  alerts: unused,
  clusterLabels: [],
  rejectedAlerts: unused,
  evidence: unused,
  watch: unused,
  incidents: unused,
  service: unused,
  approvals: unused,
  closing: new AbortController().signal,
  webhookToken: undefined,
  bodyLimit: 1,
  backlogBytes: 1,
}
