import { describe, expect, it } from 'vitest'
import type { Application } from '../applications/application.ts'
import type { Project, SyncWindow } from './project.ts'
import { canSync, durationMs, windowsFor } from './sync-windows.ts'

const night: SyncWindow = { kind: 'deny', schedule: '0 22 * * *', duration: '8h', applications: ['*'] }
const day: SyncWindow = { kind: 'allow', schedule: '0 8 * * *', duration: '10h', applications: ['*'] }
const at = (time: string) => new Date(`2026-03-04T${time}Z`)

describe('sync windows', () => {
  it('deny syncs from the first to the last second of a deny window, even across midnight', () => {
    const answers = ['21:59:59', '22:00:00', '05:59:59', '06:00:00'].map(time =>
      canSync([night], false, at(time)),
    )
    expect(answers).toEqual([true, false, false, true])
  })

  it('deny syncs while allow windows exist and none is open', () => {
    expect(canSync([day], false, at('07:59:59'))).toBe(false)
    expect(canSync([day], false, at('08:00:00'))).toBe(true)
    expect(canSync([day, night], false, at('23:00:00'))).toBe(false)
  })

  it('allow a manual sync only if all of them allow it', () => {
    const open = { ...night, manualSync: true }
    expect(canSync([open], true, at('23:00:00'))).toBe(true)
    expect(canSync([open], false, at('23:00:00'))).toBe(false)
    expect(canSync([open, night], true, at('23:00:00'))).toBe(false)
  })

  it('honour their time zones', () => {
    const berlin = { ...day, timeZone: 'Europe/Berlin' }
    expect(canSync([berlin], false, at('07:30:00'))).toBe(true)
  })

  it('apply to the applications, namespaces and clusters that they name', () => {
    const application = {
      metadata: { name: 'core' },
      spec: { destination: { namespace: 'prod' } },
    } as Application
    const windows = [
      { ...night, applications: ['co*'] },
      { ...night, applications: ['bff'] },
      { ...night, applications: [], namespaces: ['prod'] },
      { ...night, applications: ['bff'], namespaces: ['prod'], andOperator: true },
    ]
    const project = { spec: { syncWindows: windows } } as Project
    expect(windowsFor(project, application)).toEqual([windows[0], windows[2]])
  })

  it('accept durations in Go notation only', () => {
    expect(durationMs('1h30m')).toBe(5_400_000)
    expect(() => durationMs('1 hour')).toThrow(/expected for example 1h30m/)
  })
})
