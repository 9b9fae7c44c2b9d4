import type { QueryConfig } from 'pg'

/** Returns the statement that reads a user's head, `seq`: the number of the last change. No row before the first one. */
export function selectHead(userId: string): QueryConfig {
  return { text: 'SELECT seq FROM sync_heads WHERE user_id = $1', values: [userId] }
}
