import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { OnWire, Probe } from '@goalixa/emulators-shared/kubernetes/objects'
import type { V1ContainerPort } from '@kubernetes/client-node'

/** The result of a probe; `message` is the kubelet's message for a failure. */
export type ProbeResult = { isOk: true } | { isOk: false; message: string }
/** Runs a command in the environment of the container. */
export type RunCommand = (
  argv: string[],
  timeoutMs: number,
) => Promise<{ exitCode: number; output: string; isLate: boolean }>

type Target = { podIp: string; ports: OnWire<V1ContainerPort>[]; run: RunCommand }

/**
 * Runs a probe once: HTTP 200–399, an open TCP port or exit code 0 is a success. An unknown port name is a failure, as
 * in a real cluster.
 */
export async function runProbe(probe: Probe, { podIp, ports, run }: Target): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1_000
  if (probe.exec) return probeCommand(probe.exec.command ?? [], timeoutMs, run)
  const named = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  const port = typeof named === 'number' ? named : portNamed(String(named), ports)
  if (port === undefined) return { isOk: false, message: `couldn't find port named "${named}" in container` }
  if (probe.httpGet) return probeHttp(probe.httpGet, probe.httpGet.host ?? podIp, port, timeoutMs)
  return probeTcp(probe.tcpSocket?.host ?? podIp, port, timeoutMs)
}

function portNamed(name: string, ports: OnWire<V1ContainerPort>[]): number | undefined {
  return /^\d+$/.test(name) ? Number(name) : ports.find(port => port.name === name)?.containerPort
}

function probeHttp(
  { path = '/', scheme = 'HTTP', httpHeaders = [] }: NonNullable<Probe['httpGet']>,
  host: string,
  port: number,
  timeoutMs: number,
): Promise<ProbeResult> {
  const transport = scheme === 'HTTPS' ? https : http
  const url = `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`
  return new Promise(resolve => {
    const failed = (message: string) => resolve({ isOk: false, message })
    const request = transport.get(
      url,
      {
        agent: false,
        rejectUnauthorized: false,
        headers: {
          'user-agent': 'kube-probe/1.32',
          accept: '*/*',
          connection: 'close',
          ...Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])),
        },
      },
      response => {
        const status = response.statusCode ?? 0
        response.resume()
        clearTimeout(deadline)
        if (status >= 200 && status < 400) resolve({ isOk: true })
        else failed(`HTTP probe failed with statuscode: ${status}`)
      },
    )
    const deadline = setTimeout(() => {
      failed(`Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)
      request.destroy()
    }, timeoutMs)
    request.on('error', error => {
      clearTimeout(deadline)
      failed(`Get "${url}": ${reasonOf(error, host, port)}`)
    })
  })
}

function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise(resolve => {
    const socket = net.connect({ host, port, timeout: timeoutMs })
    socket.once('connect', () => resolve({ isOk: true }))
    socket.once('timeout', () => resolve({ isOk: false, message: `dial tcp ${host}:${port}: i/o timeout` }))
    socket.once('error', error => resolve({ isOk: false, message: reasonOf(error, host, port) }))
    for (const event of ['connect', 'timeout']) socket.once(event, () => socket.destroy())
  })
}

async function probeCommand(argv: string[], timeoutMs: number, run: RunCommand): Promise<ProbeResult> {
  const { exitCode, output, isLate } = await run(argv, timeoutMs)
  if (isLate)
    return {
      isOk: false,
      message: `command timed out: "${argv.join(' ')}" timed out after ${timeoutMs / 1_000}s`,
    }
  return exitCode === 0 ? { isOk: true } : { isOk: false, message: output.slice(0, 1_024) }
}

function reasonOf(error: Error, host: string, port: number): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: `dial tcp ${host}:${port}: connect: connection refused`,
    ECONNRESET: `read tcp ${host}:${port}: read: connection reset by peer`,
    EHOSTUNREACH: `dial tcp ${host}:${port}: connect: no route to host`,
  }
  return (
    reasons[(error as NodeJS.ErrnoException).code ?? ''] ??
    (error.message === 'socket hang up' ? 'EOF' : error.message)
  )
}
