export type SyncWindow = {
  kind: 'allow' | 'deny'
  /** A cron schedule of five fields. */
  schedule: string
  /** A duration in Go's notation: `1h30m`. */
  duration: string
  applications?: string[]
  namespaces?: string[]
  clusters?: string[]
  manualSync?: boolean
  timeZone?: string
  andOperator?: boolean
}
export type Project = {
  metadata: { name: string; namespace: string; uid: string; creationTimestamp: string }
  spec: {
    sourceRepos?: string[]
    destinations?: { server?: string; name?: string; namespace?: string }[]
    syncWindows?: SyncWindow[]
    description?: string
    [field: string]: unknown
  }
}
