/** The formats that are one pattern, each in words for people. */
export const FORMATS = {
  // As `Date.prototype.toISOString` writes it, so that an instant survives the round trip. Nobody has tracked time before
  // 2000: an earlier instant is a mistake, or that of a clock which has lost its battery and began at 1970 again.
  instant: {
    pattern: /^(20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    words: 'an instant in UTC such as 2026-03-01T09:30:00.000Z, in a year from 2000 to 2199',
  },
  day: {
    pattern: /^(19|20|21)\d\d-\d\d-\d\d$/,
    words: 'a calendar day such as 2026-03-01, in a year from 1900 to 2199',
  },
  colour: { pattern: /^#[0-9a-f]{6}$/, words: 'a colour in the form #rrggbb, in lower case' },
  position: { pattern: /^[0-9A-Za-z]{0,64}$/, words: 'up to 64 letters and digits' },
  reference: {
    pattern:
      /^([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}(-0{4}){3}-0{12}|f{8}(-f{4}){3}-f{12})$/,
    words: 'the id of a row: a UUID in lower case',
  },
} as const satisfies Record<string, { pattern: RegExp; words: string }>
