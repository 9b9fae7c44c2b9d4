/** More answers with errors: one in a hundred, and by a half. */
export const MORE_ERRORS = { worse: 'up', minAbsolute: 0.01, minRelative: 0.5 } as const
/** Slower by a half and by 20 ms at least: less is noise for a person who waits. */
export const SLOWER = { worse: 'up', minAbsolute: 0.02, minRelative: 0.5 } as const
