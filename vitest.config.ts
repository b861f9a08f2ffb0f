import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Worker threads are started from .ts sources: they inherit the loader from the process that runs the test.
    pool: 'forks',
    execArgv: ['--import', 'tsx'],
    maxWorkers: availableParallelism(),
    // Generous, because machines are shared: a test that hangs fails, a slow machine does not.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    typecheck: {
      enabled: true,
      include: ['test/types/**/*.test-d.ts'],
      tsconfig: './test/types/tsconfig.json',
      // Sources are checked by `npm run typecheck`; here only the type tests speak.
      ignoreSourceErrors: true,
    },
  },
})
