import type { QueryConfig } from 'pg'

/** The statement for the number of a user's last change, `seq`; there is no row before the first. */
export function selectHead(userId: string): QueryConfig {
  return { text: 'SELECT seq FROM sync_heads WHERE user_id = $1', values: [userId] }
}
