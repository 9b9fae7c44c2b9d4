import { runService } from '@goalixa/chassis/run-service'
import { buildAuth } from './build-auth.ts'
import { readAuthConfig } from './config.ts'

await runService(async () => buildAuth(readAuthConfig()))
