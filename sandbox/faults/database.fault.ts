import { z } from 'zod'
import { defineFault } from './fault.ts'

/**
 * The database refuses connections of a service: the connection limit of its role is 0, and its open connections are
 * terminated.
 */
export const databaseFault = defineFault({
  params: z.strictObject({ role: z.enum(['auth', 'core']) }),
  async inject({ role }, { database }) {
    await database.administer(`ALTER ROLE ${role} CONNECTION LIMIT 0`)
    await database.administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
    )
  },
})
