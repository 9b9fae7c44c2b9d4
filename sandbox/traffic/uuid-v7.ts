/** A UUID version 7 (RFC 9562 section 5.7) with the present time and seeded random bits, as a client would make it. */
export function uuidV7(random: () => number): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  const variant = (8 + Math.floor(random() * 4)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(12)}`
}
