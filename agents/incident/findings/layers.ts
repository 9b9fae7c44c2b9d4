/** Causal layers, from the ground up. A finding can explain findings of the same service in the layers above its own. */
const LAYERS = [
  /** What we do not deploy: dependencies, nodes, registries, the users' traffic. */
  'infrastructure',
  /** What somebody set: a manifest, an image, a port, a limit. */
  'setting',
  /** What a process does over time: memory, probes, connections. */
  'process-over-time',
  /** How a process fails: it crashes, is not ready, is slow or answers with errors. */
  'process-failure',
  /** Fewer pods than wanted. */
  'availability',
  /** Calls between services that fail or cease. */
  'calls',
  /** What users feel. */
  'user-impact',
  'alert',
  /** Worth knowing, and neither cause nor effect of anything. */
  'note',
] as const

export type Layer = (typeof LAYERS)[number]

/** The place of a layer from the ground, 0 being the lowest. */
export function rankOf(layer: Layer): number {
  return LAYERS.indexOf(layer)
}

/** Whether a layer is below another. */
export function isBelow(layer: Layer, other: Layer): boolean {
  return rankOf(layer) < rankOf(other)
}
