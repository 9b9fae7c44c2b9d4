/** More failed responses: by one in a hundred, and by half of what it was. */
export const MORE_ERRORS = { worse: 'up', minAbsolute: 0.01, minRelative: 0.5 } as const
/** Slower: by at least 20 ms, and by half of what it was. Less is not noticed by a person who waits. */
export const SLOWER = { worse: 'up', minAbsolute: 0.02, minRelative: 0.5 } as const
