/** A body that is being received or worked on. */
export type BodyInRoom = {
  owner: string | undefined
  declaredBytes: number
  arrivedBytes: number
  /** Whether it has been arriving for so long that it makes room for others. */
  isYielding: () => boolean
  /** Whether nobody works on it or waits for its answer. */
  isOver: () => boolean
  /** Ends it, because others need the room. */
  end: () => void
}

/**
 * Creates the room of the bodies in flight, which is taken by what has arrived of them. Bodies of one owner may together declare a quarter of it, so that one
 * person's uploads come one after the other; a body that is the only one, of its owner or of all, may be larger. What takes room is looked at, not counted
 * up and down: an event that never comes costs nothing.
 */
export function createBodyRoom(maxBytes: number) {
  // In the order in which they came.
  const bodies = new Set<BodyInRoom>()

  function listOthers(body: BodyInRoom): BodyInRoom[] {
    for (const other of bodies) if (other.isOver()) bodies.delete(other)
    return [...bodies].filter(other => other !== body)
  }

  function hasQuota({ owner, declaredBytes }: BodyInRoom, others: BodyInRoom[]): boolean {
    const own = others.filter(other => owner !== undefined && other.owner === owner)
    return fits(
      declaredBytes,
      sum(own, other => other.declaredBytes),
      maxBytes / 4,
    )
  }

  /** Returns whether a body may have so many bytes, if need be because bodies that arrive slowly have been ended, the oldest first. */
  function makeRoom(body: BodyInRoom, bytes: number): boolean {
    const others = listOthers(body)
    const hasRoomBeside = (kept: BodyInRoom[]) =>
      fits(
        bytes,
        sum(kept, other => other.arrivedBytes),
        maxBytes,
      )
    const kept = others.filter(other => !other.isYielding())
    // Nobody is ended in vain.
    if (!hasRoomBeside(kept)) return false
    for (const other of others.toReversed()) {
      if (kept.includes(other)) continue
      if (hasRoomBeside([...kept, other])) kept.push(other)
      else {
        bodies.delete(other)
        other.end()
      }
    }
    return true
  }

  return {
    /** Lets a body in, and returns whether there is room for all of it. */
    enter(body: BodyInRoom): boolean {
      if (!hasQuota(body, listOthers(body)) || !makeRoom(body, body.declaredBytes)) return false
      bodies.add(body)
      return true
    },
    /** Adds bytes that have arrived, and returns whether there is room for them. */
    grow(body: BodyInRoom, bytes: number): boolean {
      body.arrivedBytes += bytes
      return makeRoom(body, body.arrivedBytes)
    },
    /** Keeps a body that is worked on, whatever has become of its request. */
    keep: (body: BodyInRoom) => void bodies.add(body),
    /** Removes a body that is over; returns whether it is. */
    removeIfOver(body: BodyInRoom): boolean {
      const isOver = body.isOver()
      if (isOver) bodies.delete(body)
      return isOver
    },
  }
}

function fits(bytes: number, taken: number, maxBytes: number): boolean {
  return taken === 0 || taken + bytes <= maxBytes
}

function sum(bodies: BodyInRoom[], bytesOf: (body: BodyInRoom) => number): number {
  return bodies.reduce((total, body) => total + bytesOf(body), 0)
}
