/** Of an answer that reports an error no more is read: its message stands at the start. */
export const MAX_ERROR_BYTES = 65_536
