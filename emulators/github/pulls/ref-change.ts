export type RefChange = { ref: string; before: string | null; after: string | null }
