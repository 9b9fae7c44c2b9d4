type Description = {
  /** When a read or step has this code. */
  cause: string
  /** What a person does. */
  remedy: string
}

const OWN_FAULT = 'Report it with the message; it is a defect of Syntra.'

/** The error codes that reads and steps have in common. `tests/docs.test.ts` compares them with the source. */
export const ERROR_CODES: Record<string, Description> = {
  NOT_CONFIGURED: {
    cause: 'Syntra has no address or credentials for the system.',
    remedy: 'Set what the message names.',
  },
  UPSTREAM_UNREACHABLE: {
    cause:
      'No connection to the system could be opened, or it broke. The message has the reason of the lowest layer, such as `ECONNREFUSED 10.0.0.1:443`.',
    remedy: 'Check its address, the proxy and the network policy of the worker.',
  },
  UPSTREAM_UNTRUSTED: {
    cause:
      'The certificate of the system is not trusted, has expired or is of another name, or the system refused the client certificate.',
    remedy: 'Do what the message says about the certificate or its authority.',
  },
  UPSTREAM_LOGIN_PAGE: {
    cause: 'A page of single sign-on, or a redirect to one, came in place of an answer.',
    remedy: 'Give Syntra an address that is not behind it, or credentials that it accepts.',
  },
  PROXY_REFUSED: {
    cause:
      'The proxy of the network did not open a connection to the system. 407 means that it asks for credentials.',
    remedy: 'Do what the message says about `HTTPS_PROXY` or `NO_PROXY`.',
  },
  NO_CREDENTIALS: {
    cause:
      'The credentials of a kubeconfig or of a GitHub App cannot be used. The message has what the exec plugin wrote.',
    remedy: 'Run the plugin where Syntra runs, or renew the credentials.',
  },
  CONNECTION_FILE_UNREADABLE: {
    cause: 'A file with a token, a certificate or a key cannot be read.',
    remedy: 'Mount the file that the message names, or correct its path.',
  },
  UPSTREAM_TIMEOUT: {
    cause: 'The system did not answer a request in time.',
    remedy: 'Look at its load, and at the network to it.',
  },
  DEADLINE: {
    cause: 'The whole read or write, with its retries and waits, did not end within its deadline.',
    remedy:
      'Look at the load of the system, and at the network to it. For reads, `SYNTRA_READ_TIMEOUT_SECONDS` sets the deadline.',
  },
  UPSTREAM_UNAVAILABLE: {
    cause: 'The system answered 408, 429 or 5xx, also when a read was repeated.',
    remedy: 'Repair the system, or wait for its rate limit. A step is repeated meanwhile.',
  },
  UPSTREAM_UNAUTHENTICATED: {
    cause: 'The system answered 401.',
    remedy: 'Renew the token or the kubeconfig.',
  },
  UPSTREAM_FORBIDDEN: {
    cause: 'The system answered 403.',
    remedy: 'Grant the permission that the message names; `k8s/syntra` has those that Syntra needs.',
  },
  UPSTREAM_MISSING: {
    cause: 'The system answered 404: the object does not exist. GitHub also hides what a token may not see.',
    remedy: 'If it does exist, check the permissions of the token.',
  },
  UPSTREAM_CONFLICT: {
    cause: 'The system answered 409: someone else changed the object at the same time.',
    remedy: 'Look at the object, then ask for another investigation.',
  },
  UPSTREAM_EXPIRED: {
    cause: 'The system answered 410: it no longer keeps what was requested, such as the rest of a long list.',
    remedy: 'Nothing; the next read begins again.',
  },
  UPSTREAM_REFUSED: {
    cause: 'The system answered with any other status of 300 or more.',
    remedy: 'The message has its words; check the version of the system and the address.',
  },
  UPSTREAM_GARBLED: {
    cause:
      'The response is not what the API of the system promises. The message names the field; nothing of the response is used.',
    remedy:
      'Send the request yourself: a proxy or a sign-in page may answer instead, or the version of the system is too old or too new.',
  },
  RESPONSE_TOO_LARGE: {
    cause: 'The response exceeded a [limit](limits.md), and the connection was closed.',
    remedy: '[Reduce what the system returns](../operating-syntra.md#when-a-response-is-too-large).',
  },
  RESPONSE_TOO_SLOW: {
    cause:
      'A large response arrived more slowly than the [limits](limits.md) demand while other large reads waited, and was given up.',
    remedy: 'Look at the load of that system, and at the network to it.',
  },
  RESULT_TOO_LARGE: {
    cause: 'The result is too large to be recorded, and has no list that could be shortened.',
    remedy: 'Reduce what the object contains.',
  },
  TOO_MANY: {
    cause: 'There are more objects of a kind than one read returns. The first ones are used.',
    remedy: 'Delete what has piled up: events, finished jobs, replica sets.',
  },
  UNREADABLE: {
    cause:
      'Some objects of a kind are not as the API of Kubernetes promises. They are left out, and the reason names the first fault. The others are used, but nothing is concluded from what is missing.',
    remedy: 'Look at these objects, and at the proxy or the aggregated API server that returns them.',
  },
  EVIDENCE_FULL: {
    cause:
      'There was no room for the result: those of one investigation are [limited](limits.md) together (`investigationBytes`). `cut` has its size.',
    remedy:
      'If the verdict misses it, reduce what the largest reads of the investigation return, and ask again.',
  },
  BAD_ARGUMENTS: { cause: 'A question has arguments that its tool does not accept.', remedy: OWN_FAULT },
  NO_SUCH_TOOL: {
    cause: 'A question or step names a tool that this version does not have.',
    remedy: `After an upgrade, ask for another investigation. ${OWN_FAULT.replace('Report', 'Otherwise report')}`,
  },
  NOT_A_READ: { cause: 'A question names a write tool. It was not called.', remedy: OWN_FAULT },
  TOOL_FAILED: { cause: 'A tool failed in a way that was not foreseen.', remedy: OWN_FAULT },
  TARGET_BUSY: {
    cause: 'Another action on the target is in progress.',
    remedy: 'Nothing; it is tried again. An approved action begins once the other one has ended.',
  },
  LEASE_LOST: {
    cause:
      'The worker was suspended, or cut off from PostgreSQL, for longer than `SYNTRA_JOB_LOCK_SECONDS`. Another one may have taken over, so it stops before its next write.',
    remedy:
      'Nothing; another worker continues. If `syntra_leases_lost_total` keeps rising, see [monitoring](../operating-syntra.md#monitoring-syntra).',
  },
  NOT_REPLICATED: {
    cause:
      'GitHub has created a commit or merge and does not find it yet, although the request was repeated.',
    remedy:
      'Nothing; the step is repeated for `SYNTRA_STEP_PATIENCE_SECONDS`. If it still fails, see the status page of GitHub.',
  },
}
