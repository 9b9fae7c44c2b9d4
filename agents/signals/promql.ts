/** The share of `failed` in `all`. A counter that was never incremented has no series: without the zero, "no errors yet" would look like "not measured". */
export function ratioOf(failed: string, all: string): string {
  return `(${failed} or ${all} * 0) / (${all} > 0)`
}

/** The mean of a histogram from the rates of its `_sum` and `_count`. */
export function meanOf(sum: string, count: string): string {
  return `${sum} / (${count} > 0)`
}

/** The same query with a label under another name. */
export function relabel(query: string, from: string, to: string): string {
  return from === to ? query : `label_replace(${query}, "${to}", "$1", "${from}", "(.+)")`
}
