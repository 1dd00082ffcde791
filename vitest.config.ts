import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: './vitest.setup.ts',
    include: ['packages/*/{src,test}/**/*.test.ts', 'bench/**/*.test.ts', 'torture/**/*.test.ts'],
    // The real processes of a journey take seconds to start on a small machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
