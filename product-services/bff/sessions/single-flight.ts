/** Creates a function that lets simultaneous callers with the same key share one run of the work, its result or its error. */
export function createSingleFlight<T>() {
  const flights = new Map<string, Promise<T>>()

  return function share(key: string, work: () => Promise<T>): Promise<T> {
    const running = flights.get(key)
    if (running) return running
    const flight = work().finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}
