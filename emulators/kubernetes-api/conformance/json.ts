/** Any JSON of the API; tests read the fields that they check. */
// biome-ignore lint/suspicious/noExplicitAny: the suite reads a whole API, and its expectations are the types
export type Json = any
