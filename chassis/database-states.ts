type Description = {
  /** The error message of a refused call. */
  message: string
  /** When PostgreSQL is in this state. */
  cause: string
  /** What a service does meanwhile. */
  effect: string
  /** What a person does. */
  remedy: string
}

const REFUSES = 'Refuses every request, and is not ready.'

/** The states in which a database cannot be used, by the code of the error that a caller gets. `npm run docs` lists them. */
export const DATABASE_STATES = {
  DATABASE_UNAVAILABLE: {
    message: 'The database cannot be reached.',
    cause: 'No server answers at the address, it is starting or stopping, or it ended the session.',
    effect: REFUSES,
    remedy: 'Start the server, or correct the address, the password or the network policy.',
  },
  DATABASE_READ_ONLY: {
    message: 'The database is read-only, as during a failover; expected one that accepts writes.',
    cause: 'The server is a standby, or `default_transaction_read_only` is on.',
    effect: `${REFUSES} Sessions from this time are replaced afterwards.`,
    remedy: 'Wait for the failover, point the service to the primary, or reset the setting.',
  },
  DATABASE_FORBIDDEN: {
    message: 'The database denies this service a permission that it needs.',
    cause: 'A privilege on a table or schema was revoked from the role of the service.',
    effect: `${REFUSES} A privilege that it never had fails only the statement that needs it.`,
    remedy: 'Grant the privilege again; the log of the service names it and the table.',
  },
  DATABASE_FULL: {
    message: 'The database has no space left to write to.',
    cause: 'The disk of the data, of temporary files or of the write-ahead log is full (SQLSTATE `53100`).',
    effect:
      'Fails the writes that need space. Once a megabyte does not fit either, refuses every request, and is not ready.',
    remedy: 'Free or add disk space.',
  },
  DATABASE_LOCKED: {
    message: 'Another session has held a lock in the database for longer than a request waits.',
    cause: 'A migration, `CREATE INDEX` or forgotten transaction holds a lock, or waits for one.',
    effect:
      'Fails only what needs a locked table, after half a second, and stays ready. If every table is locked, refuses every request, and is not ready.',
    remedy: 'End the blocking session (`pg_blocking_pids`); build indexes with `CREATE INDEX CONCURRENTLY`.',
  },
  DATABASE_SLOW: {
    message: 'The database did not answer in time.',
    cause: 'The server is frozen or overloaded, or a statement ran into its timeout.',
    effect:
      'Fails the statement. If two checks get no answer within two seconds each, refuses every request, and is not ready.',
    remedy: 'Look for the load, the disk or the host that holds the server up; restart it if it is frozen.',
  },
  DATABASE_OVERLOADED: {
    message: 'The database accepts no more connections, or has no memory left.',
    cause: 'The limit of connections of the server, database or role is reached, or its memory is used up.',
    effect:
      'Shares the connections that it has among the requests, and stays ready. Without any, refuses every request, and is not ready.',
    remedy: 'End idle sessions, raise `max_connections` or the limit of the role, or add memory.',
  },
} as const satisfies Record<string, Description>
export type DatabaseState = keyof typeof DATABASE_STATES
