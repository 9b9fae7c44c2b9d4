/** The value of each series that a service exposes, by its name and labels. */
export type Series = Map<string, number>

/** Scrapes the metrics of a service. */
export async function readSeries(metricsAddress: string): Promise<Series> {
  const text = await (await fetch(`${metricsAddress}/metrics`)).text()
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}
