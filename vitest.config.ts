import { availableParallelism } from 'node:os'
import { dirname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { built } from './test/build.ts'

/** Threads that die, hang and leave their memory behind: each file has a process to itself. */
const THREADS = ['test/workers/**/*.test.ts']
/** They put modules of their own in the place of those that the sources import, which are loaded as modules of vitest for each: slow. */
const MOCKING = [
  'test/workers/{faults,lists}.slow.test.ts',
  'test/unit/io/{checkpoint-file,output-files,trial-log}.slow.test.ts',
]
/** Left out of `npm test`, run by `npm run test:all`. */
const SLOW = ['test/**/*.slow.test.ts']
const SLOW_THREADS = ['test/workers/**/*.slow.test.ts']

/** Worker threads run the build: a thread that loads TypeScript costs five times as much. */
const workersOfTheBuild = {
  name: 'workers-of-the-build',
  enforce: 'pre' as const,
  transform: (code: string, id: string): string | undefined =>
    id.endsWith('/src/run/pool.ts')
      ? code.replaceAll('import.meta.url', `'${pathToFileURL(built('src/run/pool.ts')).href}'`)
      : undefined,
}

/** It compiles the files beside it. */
const WASM_BUILD = 'src/kernel/wasm/build.ts'

/** Processes load what is built: as modules of vitest the sources cost each a second. */
const sourcesOfTheBuild = {
  name: 'sources-of-the-build',
  enforce: 'pre' as const,
  resolveId: (id: string, importer?: string): string | undefined => {
    const path = importer === undefined ? '' : relative(import.meta.dirname, resolve(dirname(importer), id))
    return /^src\/.*\.ts$/.test(path) && path !== WASM_BUILD ? built(path) : undefined
  },
}

type Tests = TestProjectInlineConfiguration['test']

/** Files that load the sources as modules of vitest, which can be mocked. */
const fromSources = (name: string, test: Tests): TestProjectInlineConfiguration => ({
  extends: true,
  plugins: [workersOfTheBuild],
  test: { name, globalSetup: 'test/build.ts', ...test },
})

/** Files that load what is built, as Node does. */
const fromBuild = (name: string, test: Tests): TestProjectInlineConfiguration => ({
  extends: true,
  plugins: [sourcesOfTheBuild],
  test: { name, globalSetup: 'test/build.ts', server: { deps: { external: [/\/\.test-dist\//] } }, ...test },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: availableParallelism(),
    // Generous, because machines are shared: a test that hangs fails, a slow machine does not. What takes over 20 seconds on two quiet cores has a limit of its own.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    setupFiles: 'test/fixed-seed.ts',
    teardownTimeout: 10_000,
    projects: [
      // What takes longest begins first; within a project vitest begins with the largest files.
      fromBuild('threads', { include: THREADS, exclude: SLOW }),
      // What is built is loaded once for all files of a process: half the time.
      fromBuild('shared', {
        include: ['test/**/*.test.ts'],
        exclude: [...THREADS, ...SLOW],
        isolate: false,
      }),
      fromBuild('slow-threads', { include: SLOW_THREADS, exclude: MOCKING }),
      fromBuild('slow', { include: SLOW, exclude: [...SLOW_THREADS, ...MOCKING], isolate: false }),
      fromSources('slow-mocking', { include: MOCKING }),
      {
        test: {
          // `npm run typecheck` tells of wrong types as well; to have them as tests takes half a minute.
          name: 'slow-types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './test/types/tsconfig.json',
            spawnTimeout: 120_000,
            // Sources are checked by `npm run typecheck`; here only the type tests speak.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
})
