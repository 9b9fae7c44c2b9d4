import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { v7 as uuidv7 } from 'uuid'

export type AuditEvent = 'sign_in' | 'sign_out' | 'refresh_reuse' | 'password_change' | 'sessions_end'

/** Creates the append-only log of security events of accounts. */
export function createAuditRepository({ pool }: { pool: Pool }) {
  return {
    async record(entry: { event: AuditEvent; userId: string; sessionId: string; at: Date }): Promise<void> {
      await inTransaction(pool, client =>
        client.query(
          'INSERT INTO audit_log (id, at, user_id, session_id, event) VALUES ($1, $2, $3, $4, $5)',
          [uuidv7(), entry.at, entry.userId, entry.sessionId, entry.event],
        ),
      )
    },
  }
}
export type AuditRepository = ReturnType<typeof createAuditRepository>
