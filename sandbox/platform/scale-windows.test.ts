import { describe, expect, it } from 'vitest'
import { scaleDuration, scaleWindows } from './scale-windows.ts'

describe('scaleWindows', () => {
  it('divides only windows under known keys and ranges in expressions', () => {
    const rule = {
      alert: 'Slow',
      expr: 'rate(a[5m]) / rate(b[1h] offset 1h30m) > 900 and max_over_time(c[1h:30s]) > 0.5',
      for: '2m',
      labels: { severity: '5m' },
    }
    expect(scaleWindows({ groups: [{ rules: [rule] }] }, 30)).toEqual({
      groups: [
        {
          rules: [
            {
              alert: 'Slow',
              expr: 'rate(a[10000ms]) / rate(b[120000ms] offset 180000ms) > 900 and max_over_time(c[120000ms:1000ms]) > 0.5',
              for: '4000ms',
              labels: { severity: '5m' },
            },
          ],
        },
      ],
    })
  })

  it('never returns zero, and rejects an invalid duration', () => {
    expect(scaleDuration('1ms', 30)).toBe('1ms')
    expect(() => scaleDuration('soon', 30)).toThrow('not a Prometheus duration')
  })
})
