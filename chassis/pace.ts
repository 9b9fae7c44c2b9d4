/**
 * Is told of the bytes of an answer as they come. While the promise that it returns is pending, no more are read; if it rejects,
 * the answer ends with its reason.
 */
export type Pace = (bytes: number) => Promise<void> | undefined
