import type { z } from 'zod'

/** Any value that JSON can hold. */
export type Json = z.core.util.JSONType
