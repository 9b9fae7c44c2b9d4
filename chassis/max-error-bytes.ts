/** How much of an error response is read, in bytes. The message is at its start. */
export const MAX_ERROR_BYTES = 65_536
