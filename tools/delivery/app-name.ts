import { z } from 'zod'
import { ObjectName } from '../names.ts'

/** The input of a read of one app. */
export const AppName = z.strictObject({ name: ObjectName })
