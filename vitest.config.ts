import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './vitest.setup.ts',
    include: ['packages/*/{src,test}/**/*.test.ts', 'bench/**/*.test.ts', 'torture/**/*.test.ts'],
    // One more than there are cores: much of the time goes into waiting for processes, disks and browsers.
    maxWorkers: availableParallelism() + 1,
    // The real processes of a journey take seconds to start on a small machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
