/** Causal layers, from the ground up. A finding can explain findings of the same service in the layers above its own. */
const LAYERS = [
  /** What we do not deploy: dependencies, nodes, registries, the users' traffic. */
  'infrastructure',
  /** What is configured: a manifest, an image, a port, a limit. */
  'setting',
  /** What a process does over time: memory, probes, connections. */
  'process-over-time',
  /** How a process fails: it crashes, is not ready, is slow or answers with errors. */
  'process-failure',
  /** Fewer pods than desired. */
  'availability',
  /** Calls between services that fail or cease. */
  'calls',
  /** What users notice. */
  'user-impact',
  'alert',
  /** Worth knowing, but neither a cause nor an effect. */
  'note',
] as const

/** A causal layer. */
export type Layer = (typeof LAYERS)[number]

/** The position of a layer from the ground up; the lowest is 0. */
export function rankOf(layer: Layer): number {
  return LAYERS.indexOf(layer)
}

/** Whether a layer is below another. */
export function isBelow(layer: Layer, other: Layer): boolean {
  return rankOf(layer) < rankOf(other)
}
