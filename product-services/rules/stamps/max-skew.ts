/**
 * How far the clock of a device may be off, in either direction, in milliseconds. Beyond that the server takes none of its
 * ops: a slow network accounts for seconds only.
 */
export const MAX_SKEW_MS = 120_000
