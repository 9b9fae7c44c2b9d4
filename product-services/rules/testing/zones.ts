/** Time zones that tests use: clock changes at midnight and by half an hour, a skipped day, offsets of quarter hours. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Santiago',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Apia',
] as const
