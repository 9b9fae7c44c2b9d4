import { migrate } from '../migrate.ts'
import { createPool } from '../postgres.ts'

// A process of its own for the test of migrations: node migrate-once.ts <url> <folder>. Prints what it applied.
const [url = '', folder = ''] = process.argv.slice(2)
const pool = createPool({ url, name: 'migrate-once' })
process.stdout.write(JSON.stringify(await migrate(pool, folder)))
await pool.end()
