import type { Op } from '@goalixa/core/sync/sync.schema'
import { describe, expect, it } from 'vitest'
import { createServerModel } from '../testing/create-server-model.ts'
import { applyChange, type MemoryReplica } from './apply-change.ts'
import { editRows } from './edit-rows.ts'
import { nextRequest } from './next-request.ts'
import { createPageClock } from './page-clock.ts'
import { listNeededRows, receiveResponse } from './receive-response.ts'
import { emptyMeta } from './replica.ts'

const NOW = 1_800_000_000_000
const TASK = '019a0000-0000-7000-8000-000000000001'

describe('an op that the server rejects', () => {
  it('leaves the queue, is stored with its reason, and the field shows the last accepted value again', () => {
    const server = createServerModel({ now: () => NOW, findRejection: tooLong })
    const device = createDevice('laptop')
    device.edit({ name: 'Write' })
    device.exchange(server)
    device.edit({ name: 'Write a far too long name', done: true })
    const rejected = device.exchange(server)
    expect(rejected).toMatchObject([
      { op: { field: 'name' }, code: 'TOO_LONG', reason: 'at most 10 characters' },
    ])
    expect(device.read('name')).toBe('Write')
    expect(device.read('done')).toBe(true)
    expect(device.replica().outbox).toEqual([])
  })

  it('does not hide what other devices have written since', () => {
    const server = createServerModel({ now: () => NOW, findRejection: tooLong })
    const [laptop, phone] = [createDevice('laptop'), createDevice('phone')]
    laptop.edit({ name: 'Write' })
    laptop.exchange(server)
    phone.exchange(server)
    phone.edit({ name: 'Read' })
    phone.exchange(server)
    laptop.edit({ name: 'Write a far too long name' })
    laptop.edit({ name: 'Write another far too long name' })
    laptop.exchange(server)
    laptop.exchange(server)
    expect(laptop.read('name')).toBe('Read')
  })

  it('removes a row that exists nowhere else', () => {
    const server = createServerModel({ now: () => NOW, findRejection: tooLong })
    const device = createDevice('laptop')
    device.edit({ name: 'A far too long name' })
    device.exchange(server)
    expect(device.replica().rows.size).toBe(0)
  })
})

describe('a server that lacks ops which the client no longer holds', () => {
  it('receives the pending ops under a new client id, each once', () => {
    const device = createDevice('laptop')
    device.edit({ name: 'Lost by the server' })
    device.exchange(createServerModel({ now: () => NOW }))
    device.edit({ name: 'Kept' })
    const restored = createServerModel({ now: () => NOW })
    device.exchange(restored)
    expect(device.replica().meta).toMatchObject({ clientId: 'laptop-2', cursor: 0 })
    device.exchange(restored)
    expect(device.replica().outbox).toEqual([])
    expect(restored.log.map(({ op }) => op.value)).toEqual(['Kept'])
    expect(restored.log.every(({ op }) => op.stamp.clientId === 'laptop-2')).toBe(true)
  })
})

describe('a device whose clock is a year ahead', () => {
  it('corrects its clock and syncs its edits in order', () => {
    const server = createServerModel({ now: () => NOW })
    const device = createDevice('laptop', NOW + 365 * 86_400_000)
    device.edit({ name: 'First' })
    device.edit({ name: 'Second' })
    device.exchange(server)
    device.exchange(server)
    expect(server.log.map(({ op }) => op.value)).toEqual(['First', 'Second'])
    expect(server.conflicts).toEqual([])
    expect(device.replica().outbox).toEqual([])
  })
})

describe('an answer to an older attempt', () => {
  it('changes nothing', () => {
    const server = createServerModel({ now: () => NOW })
    const device = createDevice('laptop')
    device.edit({ name: 'Write' })
    const late = server.sync(device.request())
    device.request()
    expect(receiveResponse(device.replica(), late, { nowMs: NOW, newClientId: () => 'x' })).toBeUndefined()
  })
})

describe('an answer that shows how wrong the clock is', () => {
  const answer = createServerModel({ now: () => NOW }).sync(createDevice('phone').request())
  const reading = { ...pendingOp('time_entries'), isReading: true }
  const outbox = [reading, pendingOp('tasks')]

  it.each([
    ['right', { leastMs: -1, mostMs: 30 }, []],
    ['a second off', { leastMs: 1_000, mostMs: 1_030 }, [`time_entries/${TASK}`]],
    ['two minutes off', { leastMs: -120_000, mostMs: -119_000 }, [`time_entries/${TASK}`]],
    ['further off, so that the stamps are wrong as well', { leastMs: -120_001, mostMs: -119_000 }, 'all'],
  ])('needs few rows unless it is far off: %s', (_name, clockError, rows) => {
    expect(listNeededRows(answer, clockError, outbox)).toEqual(rows)
  })
})

function pendingOp(entity: Op['entity']) {
  const stamp = { ms: NOW, counter: 0, clientId: 'phone' }
  return { seq: 1, entity, id: TASK, field: 'started_at', value: null, stamp, base: null }
}

function createDevice(clientId: string, nowMs = NOW) {
  let replica: MemoryReplica = { meta: emptyMeta(clientId), rows: new Map(), outbox: [] }
  const clock = createPageClock(() => ({ wallMs: nowMs, steadyMs: 0 }))
  const request = () => {
    const next = nextRequest(replica, { nowMs })
    replica = applyChange(replica, next.change)
    clock.sending(next.request, replica.meta)
    return next.request
  }
  return {
    replica: () => replica,
    request,
    read: (field: string) => replica.rows.get(`tasks/${TASK}`)?.fields[field]?.value,
    edit(fields: Record<string, Op['value']>) {
      const change = editRows(replica, [{ entity: 'tasks', id: TASK, fields }], { nowMs, group: 'g' })
      replica = applyChange(replica, change)
    },
    exchange(server: ReturnType<typeof createServerModel>) {
      const response = server.sync(request())
      const change = receiveResponse(replica, response, {
        nowMs,
        clockError: clock.errorIn(response, replica.meta, clock.sampleClocks()),
        newClientId: () => `${clientId}-2`,
      })
      if (change === undefined) throw new Error('The answer was not for this attempt.')
      replica = applyChange(replica, change)
      return change.rejected
    },
  }
}

function tooLong({ value }: Op) {
  const isTooLong = typeof value === 'string' && value.length > 10
  return isTooLong ? { code: 'TOO_LONG', reason: 'at most 10 characters' } : undefined
}
