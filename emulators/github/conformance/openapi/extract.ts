import { readFile, writeFile } from 'node:fs/promises'
import { isRecord } from '@goalixa/chassis/is-record'

/**
 * Reduces GitHub's OpenAPI description (generated/api.github.com.json of the npm package @octokit/openapi, which is not
 * a dependency because it unpacks to 385 MB) to the paths that the emulator serves, without prose. Run it with the path
 * of that file.
 */
const REPOSITORY = '/repos/{owner}/{repo}'
const PATHS = [
  '/orgs/{org}/repos',
  '/user',
  '/user/repos',
  '/users/{username}',
  '/users/{username}/repos',
  ...[
    '',
    '/activity',
    '/branches',
    '/branches/{branch}',
    '/branches/{branch}/protection',
    '/check-runs',
    '/check-runs/{check_run_id}',
    '/collaborators/{username}/permission',
    '/commits',
    '/commits/{commit_sha}/pulls',
    '/commits/{ref}',
    '/commits/{ref}/check-runs',
    '/commits/{ref}/status',
    '/commits/{ref}/statuses',
    '/compare/{basehead}',
    '/contents/{path}',
    '/git/blobs',
    '/git/blobs/{file_sha}',
    '/git/commits',
    '/git/commits/{commit_sha}',
    '/git/matching-refs/{ref}',
    '/git/ref/{ref}',
    '/git/refs',
    '/git/refs/{ref}',
    '/git/trees',
    '/git/trees/{tree_sha}',
    '/hooks',
    '/hooks/{hook_id}',
    '/hooks/{hook_id}/deliveries',
    '/hooks/{hook_id}/deliveries/{delivery_id}',
    '/hooks/{hook_id}/deliveries/{delivery_id}/attempts',
    '/hooks/{hook_id}/pings',
    '/issues/comments/{comment_id}',
    '/issues/{issue_number}',
    '/issues/{issue_number}/comments',
    '/issues/{issue_number}/labels',
    '/issues/{issue_number}/labels/{name}',
    '/labels',
    '/merges',
    '/pulls',
    '/pulls/{pull_number}',
    '/pulls/{pull_number}/comments',
    '/pulls/{pull_number}/comments/{comment_id}/replies',
    '/pulls/{pull_number}/commits',
    '/pulls/{pull_number}/files',
    '/pulls/{pull_number}/merge',
    '/pulls/{pull_number}/requested_reviewers',
    '/pulls/{pull_number}/reviews',
    '/pulls/{pull_number}/reviews/{review_id}',
    '/pulls/{pull_number}/reviews/{review_id}/dismissals',
    '/pulls/{pull_number}/reviews/{review_id}/events',
    '/rules/branches/{branch}',
    '/statuses/{sha}',
    '/tags',
  ].map(path => REPOSITORY + path),
]

type Json = Record<string, unknown>

const [source = ''] = process.argv.slice(2)
const description = JSON.parse(await readFile(source, 'utf8'))
const paths = Object.fromEntries(
  PATHS.map(path => [path, responsesOf(description.paths[path] ?? missing(path))]),
)
const extract = {
  openapi: description.openapi,
  info: {
    title: description.info.title,
    version: description.info.version,
    license: description.info.license,
  },
  paths,
  components: referenced(paths),
}
await writeFile(new URL('./api.github.com.json', import.meta.url), `${JSON.stringify(extract)}\n`)

function missing(path: string): never {
  throw new Error(`${source} does not describe ${path}; expected the description of api.github.com.`)
}

/** Returns the schemas of the JSON responses of a path, by method and status. */
function responsesOf(path: Json): Json {
  const methods = Object.entries(path).filter(([method]) =>
    ['get', 'post', 'put', 'patch', 'delete'].includes(method),
  )
  return Object.fromEntries(
    methods.map(([method, operation]) => [
      method,
      {
        responses: Object.fromEntries(
          Object.entries((operation as { responses: Json }).responses).map(([status, response]) => [
            status,
            responseSchema(resolve(response)),
          ]),
        ),
      },
    ]),
  )
}

function resolve(value: unknown): Json {
  const { $ref } = value as { $ref?: string }
  if ($ref === undefined) return value as Json
  return $ref
    .slice(2)
    .split('/')
    .reduce<Json>((node, key) => node[key] as Json, description)
}

function responseSchema({ content }: Json): Json {
  const schema = (content as Record<string, { schema?: unknown }> | undefined)?.['application/json']?.schema
  return schema === undefined ? {} : { content: { 'application/json': { schema: reduce(schema) } } }
}

/** Removes prose from a schema, and converts `nullable` to JSON Schema. */
function reduce(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(reduce)
  if (!isRecord(schema)) return schema
  const { nullable, ...rest } = schema
  const kept = Object.entries(rest).filter(([key, value]) => !isProse(key, value))
  const reduced = Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'properties' ? reduceAll(value as Json) : reduce(value)]),
  )
  // Where the description uses oneOf, several of its schemas may match the same body, such as two kinds of error.
  const { oneOf, ...others } = reduced
  const readable = oneOf === undefined ? reduced : { ...others, anyOf: oneOf }
  return nullable === true ? { anyOf: [readable, { type: 'null' }] } : readable
}

function reduceAll(properties: Json): Json {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, reduce(schema)]))
}

function isProse(key: string, value: unknown): boolean {
  if (['description', 'title', 'example', 'examples', 'default', 'externalDocs', 'deprecated'].includes(key))
    return true
  return key.startsWith('x-') || (key === 'discriminator' && isRecord(value))
}

/** Returns every component that a value refers to, directly or indirectly. */
function referenced(root: unknown): Json {
  const schemas: Json = {}
  const pending = [root]
  while (pending.length > 0) {
    for (const [, name = ''] of JSON.stringify(pending.pop()).matchAll(
      /"#\/components\/schemas\/([^"]+)"/g,
    )) {
      if (name in schemas) continue
      schemas[name] = reduce(description.components.schemas[name])
      pending.push(schemas[name])
    }
  }
  return { schemas }
}
