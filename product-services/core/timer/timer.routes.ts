import type { ServiceApp } from '@goalixa/chassis/build-service'
import { userOf } from '../tenancy/require-user.ts'
import { StartTimer, Timer } from './timer.schema.ts'
import type { TimerService } from './timer.service.ts'

/** `GET /v1/timer`, `POST /v1/timer/start` and `/stop`. */
export function timerRoutes(app: ServiceApp, { timer }: { timer: TimerService }): void {
  const answers = { response: { 200: Timer } }

  app.get('/v1/timer', { schema: answers }, async request => ({
    entry: await timer.current(userOf(request)),
  }))

  app.post('/v1/timer/start', { schema: { body: StartTimer.nullish(), ...answers } }, async request => ({
    entry: await timer.start(userOf(request), request.body ?? {}),
  }))

  app.post('/v1/timer/stop', { schema: answers }, async request => ({
    entry: await timer.stop(userOf(request)),
  }))
}
