import { migrate } from '../migrate.ts'
import { createPool } from '../postgres.ts'

// Runs as a separate process in the test of migrations: node migrate-once.ts <url> <folder>. Prints the applied files.
const [url = '', folder = ''] = process.argv.slice(2)
const pool = createPool({ url, name: 'migrate-once' })
process.stdout.write(JSON.stringify(await migrate(pool, folder)))
await pool.end()
