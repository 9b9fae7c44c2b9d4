import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { Connection } from './connection.ts'
import { readConnectionFile, readPem } from './read-connection-file.ts'

/** What is wrong with a connection's settings, and the end of the setting's name. */
export type ConnectionFault = { suffix: string; message: string }

/**
 * Checks what a connection says without opening it: files that can be read, PEM, a key that belongs to its certificate, one way to
 * sign in. Messages contain no secret.
 */
export function findConnectionFault(connection: Partial<Connection>): ConnectionFault | undefined {
  const { ca, clientCertificate, clientKey } = connection
  return (
    findCredentialsFault(connection) ??
    findFault(
      'CA',
      () => ca && new X509Certificate(readPem(ca, 'The file')),
      'a certificate in PEM, or the path of a file with it',
    ) ??
    findFault(
      'CLIENT_CERT',
      () => clientCertificate && new X509Certificate(readPem(clientCertificate, 'The file')),
      'a certificate in PEM, or the path of a file with it',
    ) ??
    findKeyFault(clientCertificate, clientKey)
  )
}

function findCredentialsFault({ url = '', token, tokenFile, headers = {} }: Partial<Connection>) {
  const hasPair = URL.canParse(url) && new URL(url).username !== ''
  const ways = [hasPair, token, tokenFile, headers.authorization].filter(Boolean)
  if (ways.length > 1)
    return {
      suffix: 'TOKEN',
      message:
        'expected one way to sign in: user:password in the address, a token, a token file or an Authorization header',
    }
  return findFault(
    'TOKEN_FILE',
    () => tokenFile && readConnectionFile(tokenFile, 'The file'),
    'the path of a file with a token',
  )
}

function findKeyFault(clientCertificate: string | undefined, clientKey: string | undefined) {
  if (clientCertificate === undefined) {
    return clientKey === undefined
      ? undefined
      : { suffix: 'CLIENT_KEY', message: 'expected a client certificate as well' }
  }
  const cert = readPem(clientCertificate, 'The file')
  const check = () => createSecureContext({ cert, key: clientKey ? readPem(clientKey, 'The file') : cert })
  return findFault('CLIENT_KEY', check, 'the key of the client certificate, in PEM')
}

function findFault(suffix: string, read: () => unknown, expected: string): ConnectionFault | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return { suffix, message: `${error instanceof Error ? error.message : error}; expected ${expected}` }
  }
}
