import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** A whole OpenClaw with its chats: it keeps a small machine busy, and what its people are given time for would run out. */
const ALONE = 'packages/openclaw-plugin/test/gateway.test.ts'

export default defineConfig({
  test: {
    globalSetup: './vitest.setup.ts',
    // One more than there are cores: much of the time goes into waiting for processes, disks and browsers.
    maxWorkers: availableParallelism() + 1,
    // The real processes of a journey take seconds to start on a small machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['packages/*/{src,test}/**/*.test.ts', 'bench/**/*.test.ts', 'torture/**/*.test.ts'],
          exclude: ['**/node_modules/**', ALONE],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'openclaw', include: [ALONE], sequence: { groupOrder: 1 } },
      },
    ],
  },
})
