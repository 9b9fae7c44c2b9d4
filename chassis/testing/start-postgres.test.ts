import pg from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from './start-postgres.ts'

test('several real servers start at once, each with empty databases', async () => {
  const servers = await Promise.all([startPostgres(), startPostgres()])
  try {
    for (const server of servers) {
      const client = new pg.Client({ connectionString: await server.createDatabase() })
      await client.connect()
      const { rows } = await client.query(
        "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'",
      )
      await client.end()
      expect(rows).toEqual([{ n: 0 }])
    }
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
})
