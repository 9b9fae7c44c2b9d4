import { createPool } from '@goalixa/chassis/postgres'
import Fastify from 'fastify'

/** Starts the baseline for writes: an endpoint that inserts one row with the body and answers 202 after the commit. */
export async function startBareInsert(databaseUrl: string) {
  const pool = createPool({ url: databaseUrl, name: 'bare-insert' })
  await pool.query(
    'CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL)',
  )
  const app = Fastify()
  app.post('/insert', async (request, reply) => {
    await pool.query('INSERT INTO bare (body) VALUES ($1)', [JSON.stringify(request.body)])
    return reply.status(202).send()
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url: `${url}/insert`,
    async stop() {
      await app.close()
      await pool.end()
    },
  }
}
