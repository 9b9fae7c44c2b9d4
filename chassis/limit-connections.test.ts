import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { buildTestService } from './testing/build-test-service.ts'

test('a connection closes after 100 requests, and a client that has sent more over it receives no 5xx', async () => {
  const handled: string[] = []
  const service = await buildTestService({
    routes: app =>
      void app.get('/things/:id', async ({ params }) => {
        handled.push((params as { id: string }).id)
        return {}
      }),
  })
  const { address } = await service.start()
  const { port, hostname } = new URL(address)
  try {
    const socket = connect(Number(port), hostname)
    let answers = ''
    socket.on('data', data => {
      answers += data
    })
    socket.on('error', () => {})
    const requests = Array.from({ length: 150 }, (_, id) => `GET /things/${id} HTTP/1.1\r\nhost: a\r\n\r\n`)
    socket.write(requests.join(''))
    await once(socket, 'close')
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    expect(statuses.slice(0, 100)).toEqual(Array(100).fill('200'))
    expect(statuses.filter(status => status !== '200' && status !== '429')).toEqual([])
    expect(answers.match(/connection: close/gi)).not.toBeNull()
    expect(handled).toHaveLength(100)
  } finally {
    await service.stop()
  }
})
