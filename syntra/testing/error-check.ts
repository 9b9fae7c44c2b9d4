type Problem = { status?: number; code?: string }
type Operation = { responses: Record<string, { description: string } | undefined> }
type Openapi = { paths: Record<string, Record<string, Operation>> }

const OF_EVERY_ROUTE = /^(INTERNAL|POOL_EXHAUSTED|DATABASE_.*)$/

/** A check for tests that a problem which a route answered is declared in its OpenAPI description. Throws if it is not. */
export function createErrorCheck(url: string) {
  let openapi: Promise<Openapi> | undefined
  return async (method: string, path: string, { status, code = '' }: Problem): Promise<void> => {
    openapi ??= fetch(`${url}/openapi.json`).then(response => response.json() as Promise<Openapi>)
    const { paths } = await openapi
    const [bare = ''] = path.split('?')
    const [template, methods] = Object.entries(paths).find(([template]) => matches(template, bare)) ?? []
    const operation = methods?.[method.toLowerCase()]
    if (!operation || OF_EVERY_ROUTE.test(code)) return
    const declared = operation.responses[String(status)]?.description.split(', ') ?? []
    if (!declared.includes(code))
      throw new Error(
        `${method} ${template} answered ${status} ${code}, which its \`errors\` do not declare.`,
      )
  }
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
}
