import { z } from 'zod'
import { defineFault } from './fault.ts'

/** The database refuses a service's connections: its role may not have any more, and those it has are closed. */
export const databaseFault = defineFault({
  kind: 'database',
  params: z.strictObject({ role: z.enum(['auth', 'core']) }),
  async inject({ role }, { database }) {
    await database.administer(`ALTER ROLE ${role} CONNECTION LIMIT 0`)
    await database.administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
    )
  },
})
