import { z } from 'zod'
import { type Kind, pathOf } from './kinds.ts'
import type { createKubernetesHttp } from './kubernetes-http.ts'
import type { ListQuery } from './object-list.ts'

/** What `kubectl get` prints of one object, by the name of the column in lower case, such as `ready`. */
export type TableRow = { name: string; cells: Record<string, string> }

const PAGE = 500
/** More rows than this are not read: 10,000 have about a megabyte. */
const MAX_PAGES = 20

const Table = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }).optional(),
  columnDefinitions: z.array(z.looseObject({ name: z.string() })).optional(),
  rows: z.array(z.looseObject({ cells: z.array(z.unknown()) })).nullish(),
})

/**
 * The rows of a list in the order of names, page by page. The API server prints them itself, without the objects.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export async function listTableRows(
  http: ReturnType<typeof createKubernetesHttp>,
  kind: Kind,
  namespace: string | null,
  { labelSelector, fieldSelector }: ListQuery,
  signal: AbortSignal,
): Promise<TableRow[]> {
  const rows: TableRow[] = []
  let columns: string[] = []
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { limit: PAGE, continue: next, labelSelector, fieldSelector, includeObject: 'None' }
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const table = await http.json(pathOf(kind, namespace), Table, { query, accept, signal })
    // Only the first page has to define the columns.
    columns = table.columnDefinitions?.map(({ name }) => name.toLowerCase()) ?? columns
    for (const { cells } of table.rows ?? []) rows.push(rowOf(columns, cells))
    next = table.metadata?.continue
    if (!next) break
  }
  return rows
}

function rowOf(columns: string[], cells: unknown[]): TableRow {
  const entries = columns.map((column, index) => [column, String(cells[index] ?? '')] as const)
  const row: Record<string, string> = Object.fromEntries(entries)
  return { name: row.name ?? '', cells: row }
}
