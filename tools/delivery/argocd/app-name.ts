import { z } from 'zod'
import { ObjectName } from '../../names.ts'

/** The input of a read of one application. */
export const AppName = z.strictObject({ name: ObjectName })
