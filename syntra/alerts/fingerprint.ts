const OFFSET = 14_695_981_039_346_656_037n
const PRIME = 1_099_511_628_211n
const SEPARATOR = 255

/** Prometheus' fingerprint of a label set: FNV-1a, 64 bits, over the sorted names and values, each followed by 0xff. */
export function fingerprintOf(labels: Record<string, string>): string {
  let hash = OFFSET
  const add = (byte: number) => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME)
  }
  for (const name of Object.keys(labels).toSorted()) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(text)) add(byte)
      add(SEPARATOR)
    }
  }
  return hash.toString(16).padStart(16, '0')
}
