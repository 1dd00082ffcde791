import { expect, test } from 'vitest'
import { tokens } from './tokens.ts'

test(
  'the catalog fits a context window: descriptions, lists and typical tasks',
  { timeout: 120_000 },
  async () => {
    const figures = await tokens()
    expect(figures['describeMedian']).toBeLessThanOrEqual(700)
    expect(figures['describeWorst']).toBeLessThanOrEqual(2_500)
    expect(figures['listRatio']).toBeLessThanOrEqual(0.25)
    expect(figures['toolsList']).toBeLessThanOrEqual(1_000)
    expect(figures['instructions']).toBeLessThanOrEqual(150)
    const tasks = figures['tasks'] as Record<string, number>
    for (const [name, ours] of Object.entries(tasks)) {
      const raw = tasks[`${name}, raw`]
      if (raw !== undefined) expect(ours, name).toBeLessThan(raw)
    }
  },
)
