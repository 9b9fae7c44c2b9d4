import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedRequest } from './create-target-proxy.ts'
import type { startDatabase } from './start-database.ts'

type Options = {
  dataDir: string
  database: Awaited<ReturnType<typeof startDatabase>>
  requests: readonly RecordedRequest[]
}

/** Writes, beside the logs, what is lost when the system stops: every table as `table-<name>.jsonl`, and the requests to the targets. */
export async function keepRecords({ dataDir, database, requests }: Options): Promise<void> {
  await writeFile(join(dataDir, 'requests.jsonl'), linesOf(requests))
  const { rows: tables } = await database.query(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'checkpoint%'`,
  )
  for (const { name } of tables) {
    const { rows } = await database.query(`SELECT to_jsonb(kept) AS row FROM "${name}" kept`)
    await writeFile(join(dataDir, `table-${name}.jsonl`), linesOf(rows.map(({ row }) => row)))
  }
}

function linesOf(values: readonly unknown[]): string {
  return values.map(value => `${JSON.stringify(value)}\n`).join('')
}
