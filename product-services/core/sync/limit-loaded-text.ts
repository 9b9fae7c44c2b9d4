import type { SyncRepository } from './sync.repository.ts'

/** Ops whose rows, with the longest texts, are no problem together. */
const FEW_OPS = 100
/** The texts that one request may bring into memory: four pages, and as much again when they are written back. */
const MAX_LOADED_BYTES = 8_388_608

/**
 * Returns the first ops of a request whose rows fit into memory together; there is always one. The others are not
 * acknowledged, so the client sends them again.
 */
export async function limitLoadedText<Op>(
  repository: Pick<SyncRepository, 'measureText'>,
  ops: Op[],
  idsOf: (op: Op) => string[],
): Promise<Op[]> {
  if (ops.length <= FEW_OPS) return ops
  const bytesOf = await repository.measureText(ops.flatMap(idsOf))
  let bytes = 0
  const end = ops.findIndex((op, index) => {
    for (const id of idsOf(op)) {
      bytes += bytesOf.get(id) ?? 0
      bytesOf.delete(id)
    }
    return index > 0 && bytes > MAX_LOADED_BYTES
  })
  return end === -1 ? ops : ops.slice(0, end)
}
