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
    effect: `${REFUSES} Connections opened meanwhile are replaced afterwards.`,
    remedy: 'Wait for the failover, point the service to the primary, or reset the setting.',
  },
  DATABASE_FORBIDDEN: {
    message: 'The database denies this service a permission that it needs.',
    cause: 'A privilege on a table or schema was revoked from the role of the service.',
    effect: `${REFUSES} If a privilege was never granted, only the statement that needs it fails.`,
    remedy: 'Grant the privilege again; the log of the service names it and the table.',
  },
  DATABASE_FULL: {
    message: 'The database has no space left to write to.',
    cause: 'The disk of the data, of temporary files or of the write-ahead log is full (SQLSTATE `53100`).',
    effect:
      'Fails the writes that need space. If not even one megabyte can be written, refuses every request, and is not ready.',
    remedy: 'Free or add disk space.',
  },
  DATABASE_LOCKED: {
    message: 'Another session has held a lock in the database for longer than a request waits.',
    cause: 'A migration, a `CREATE INDEX` or a forgotten transaction holds a table lock, or waits for one.',
    effect:
      'Fails only statements that wait for a locked table, within a second, and stays ready. If every table is locked, refuses every request, and is not ready.',
    remedy: 'End the blocking session (`pg_blocking_pids`); build indexes with `CREATE INDEX CONCURRENTLY`.',
  },
  DATABASE_SLOW: {
    message: 'The database did not answer in time.',
    cause: 'The server is frozen or overloaded, or a statement ran into its timeout.',
    effect:
      'Fails the statement. If two consecutive checks get no answer within two seconds each, refuses every request, and is not ready.',
    remedy: 'Find what slows the server down (load, disk, host); restart the server if it is frozen.',
  },
  DATABASE_OVERLOADED: {
    message: 'The database accepts no more connections, or has no memory left.',
    cause:
      'The connection limit of the server, database or role is reached, or the server has no memory left.',
    effect:
      'Serves requests over the connections that it already has, and stays ready. If it has none, refuses every request, and is not ready.',
    remedy: 'End idle sessions, raise `max_connections` or the connection limit of the role, or add memory.',
  },
} as const satisfies Record<string, Description>
export type DatabaseState = keyof typeof DATABASE_STATES
