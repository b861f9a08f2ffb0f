import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { built } from './test/build.ts'

/** Tests of threads and processes: each file has a process to itself. */
const ALIVE = [
  'test/{contract,workers,e2e}/**/*.test.ts',
  'test/unit/{run,cli}/**/*.test.ts',
  'test/unit/*.test.ts',
  // They put modules of their own in the place of others.
  'test/unit/io/{checkpoint-file,output-files,trial-log}.test.ts',
]
/** Left out of `npm test`, run by `npm run test:all`. */
const SLOW = ['test/**/*.slow.test.ts']

/** Worker threads run the build: a thread that loads TypeScript costs five times as much. */
const workersOfTheBuild = {
  name: 'workers-of-the-build',
  enforce: 'pre' as const,
  transform: (code: string, id: string): string | undefined =>
    id.endsWith('/src/run/pool.ts')
      ? code.replaceAll('import.meta.url', `'${pathToFileURL(built('src/run/pool.ts')).href}'`)
      : undefined,
}

const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  plugins: [workersOfTheBuild],
  test: { name, globalSetup: 'test/build.ts', ...test },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: availableParallelism(),
    // Generous, because machines are shared: a test that hangs fails, a slow machine does not.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    projects: [
      // What takes longest begins first; within a project vitest begins with the largest files.
      project('alive', { include: ALIVE, exclude: SLOW }),
      // The sources are loaded once for all files of a process: a third of the time.
      project('pure', { include: ['test/**/*.test.ts'], exclude: [...ALIVE, ...SLOW], isolate: false }),
      project('slow', { include: SLOW }),
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './test/types/tsconfig.json',
            // Sources are checked by `npm run typecheck`; here only the type tests speak.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
})
