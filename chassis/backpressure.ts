/**
 * Is called with the number of bytes of a response as they arrive. While the returned promise is pending, no more are read; if it
 * rejects, the response fails with its reason.
 */
export type Backpressure = (bytes: number) => Promise<void> | undefined
