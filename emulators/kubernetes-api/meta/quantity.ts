import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'

/** Parses a quantity; 0 if there is none. */
export function quantityOr0(text: string | number | undefined): number {
  return parseQuantity(text) || 0
}

/** Formats CPU cores as a quantity: 0.25 → 250m. */
export function cpuQuantity(cores: number): string {
  const milli = Math.ceil(cores * 1000 - 1e-6)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** Formats bytes as a quantity in the largest binary unit that divides them. */
export function bytesQuantity(bytes: number): string {
  const whole = Math.ceil(bytes)
  for (const unit of ['Ti', 'Gi', 'Mi', 'Ki'] as const) {
    const size = parseQuantity(`1${unit}`)
    if (whole !== 0 && whole % size === 0) return `${whole / size}${unit}`
  }
  return String(whole)
}
