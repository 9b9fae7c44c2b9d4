import { Server } from 'node:http'

// A release that keeps a buffer of every request and never frees it.
const kept: Buffer[] = []
const BYTES_PER_REQUEST = 1_500_000
const emit = Server.prototype.emit as (...args: unknown[]) => boolean

Object.assign(Server.prototype, {
  emit(this: Server, ...args: unknown[]) {
    if (args[0] === 'request') kept.push(Buffer.alloc(BYTES_PER_REQUEST, 1))
    return emit.apply(this, args)
  },
})
