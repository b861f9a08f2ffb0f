import { describe, expect, it } from 'vitest'
import type { Import, SourceFile } from './sources.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, packageOf, parse, readSources, resolveInSources, root } from './sources.ts'

interface Law {
  /** Rooms whose values and types may be imported. */
  readonly from: readonly string[]
  /** Rooms whose types alone may be imported. */
  readonly typesFrom?: readonly string[]
}

/** What every method stands on. */
const ground = ['support', 'data', 'memory', 'graph', 'matrix', 'linalg', 'kernel', 'network', 'request', 'plan', 'run']

/** The import law: which room may name which. This table is the law; DESIGN and CONTRIBUTING only tell it. */
const law: Readonly<Record<string, Law>> = {
  support: { from: [] },
  memory: { from: ['support'] },
  data: { from: ['support'] },
  graph: { from: ['support', 'data'] },
  matrix: { from: ['support', 'memory', 'data'] },
  linalg: { from: ['support'] },
  kernel: { from: ['support'], typesFrom: ['memory', 'matrix'] },
  network: { from: ['support', 'data', 'memory', 'graph', 'matrix'], typesFrom: ['kernel'] },
  request: { from: ['support'], typesFrom: ['matrix', 'network', 'plan'] },
  plan: { from: ['support', 'memory', 'kernel', 'matrix'] },
  run: { from: ['support', 'memory', 'matrix', 'kernel', 'network', 'request', 'plan'], typesFrom: ['data'] },
  // What runs on tables in a database, in the place of run.
  sql: { from: ground },
  solve: { from: ground },
  // A function that is called without an engine runs in this thread: it is the only thing that methods have of run.
  method: { from: ground },
  evaluate: { from: ['support', 'data'] },
  calibrate: { from: ['support', 'evaluate'] },
  label: { from: [...ground, 'method', 'solve', 'calibrate', 'evaluate'] },
  ratings: { from: [...ground, 'method', 'solve', 'calibrate'] },
  embed: { from: [...ground, 'method', 'solve', 'evaluate'] },
  cluster: { from: [...ground, 'method', 'embed'] },
  recommend: { from: [...ground, 'method', 'solve', 'label', 'embed', 'cluster', 'evaluate'] },
  tune: { from: [...ground, 'method', 'solve', 'label', 'ratings', 'calibrate', 'recommend', 'evaluate'] },
  'engine-options': { from: ground },
  engine: {
    from: ['engine-options', ...ground, 'method', 'label', 'ratings', 'recommend', 'tune', 'embed', 'cluster'],
  },
  'sql-options': { from: ['sql', ...ground, 'method', 'recommend'] },
  'sql-engine': { from: ['sql-options', 'sql', ...ground, 'method', 'label', 'recommend', 'embed'] },
  // Readers of tables need only data/; what the library made is read and written here too.
  io: { from: ['support', 'data', 'graph', 'plan', 'recommend', 'embed', 'cluster', 'tune'], typesFrom: ['network'] },
  // What every function takes, for whoever asks about all of them.
  'option-table': {
    from: [
      'method',
      'data',
      'graph',
      'io',
      'label',
      'ratings',
      'calibrate',
      'embed',
      'cluster',
      'recommend',
      'evaluate',
      'tune',
      'report',
      'engine-options',
      'sql',
    ],
  },
  // Of sql the door.
  cli: { from: ['index', 'advanced', 'io', 'sql'] },
  // Drawings and rows are pure functions of results; whoever wants them in files writes them.
  report: {
    from: ['support'],
    typesFrom: ['data', 'label', 'ratings', 'recommend', 'evaluate', 'calibrate', 'tune', 'cluster', 'embed'],
  },
}

/** On top of every room; they only pass on. */
const DOORS = ['index.ts', 'advanced.ts', 'browser.ts', 'browser-advanced.ts', 'sql.ts']

/** What benchmarks and contract tests may name behind the doors; everything else they have as anybody has it, so that walls can be moved. */
const BEHIND_THE_DOORS: Readonly<Record<string, readonly string[]>> = {
  'native-free-bench': [
    ...['cluster/quality.ts', 'embed/nearest.ts', 'recommend/methods/ease.ts', 'report/drawing.ts'],
    ...['tune/label-hold-out.ts', 'tune/recipe-climb.ts'],
  ],
  'test/contract': [
    ...['graph/attribute-names.ts', 'graph/check.ts', 'label/labeller.ts', 'memory/arena.ts'],
    ...['kernel/kernel.ts', 'kernel/training-scores.ts', 'recommend/catalogue.ts', 'recommend/request.ts'],
  ],
}

/** Packages that live in one place. Whatever is not named here may be used by any room. */
const homes: readonly { readonly name: RegExp; readonly home: RegExp }[] = [
  { name: /^graphology(?!-(gexf|graphml)$)/, home: /^graph\// },
  { name: /^(piscina|node:worker_threads)$/, home: /^run\// },
  { name: /^(commander|cli-progress)$/, home: /^cli\// },
  { name: /^(hyparquet|graphology-(gexf|graphml)$)/, home: /^io\// },
  { name: /^assemblyscript$/, home: /^kernel\/wasm\/build\.ts$/ },
  { name: /^node:/, home: /^((io|run|cli|report|sql)\/|plan\/machine\.ts$|kernel\/wasm\/build\.ts$)/ },
]

/** Globals that live in one place. */
const globalHomes: Readonly<Record<string, RegExp>> = {
  // A lock waits for those who write the same file.
  Atomics: /^(run\/|io\/file-lock\.ts$)/,
  process: /^(cli\/|plan\/machine\.ts$|io\/file-lock\.ts$|kernel\/wasm\/build\.ts$)/,
  Buffer: /^(io|cli|report)\/|^kernel\/wasm\/build\.ts$/,
  console: /^(cli\/|kernel\/wasm\/build\.ts$)/,
  require: /^$/,
  __dirname: /^$/,
}

const sources = readSources()

describe('the import law', () => {
  it('knows every room of src/', () => {
    const rooms = new Set(sources.map((file) => file.room))
    expect([...rooms].filter((room) => law[room] === undefined && !DOORS.includes(`${room}.ts`))).toEqual([])
  })

  it('is kept by every import statement', () => {
    expect(sources.flatMap(breachesOfLaw)).toEqual([])
  })

  it.each(Object.entries(BEHIND_THE_DOORS))('is a house that %s enter by the doors', (folder, allowed) => {
    const files = filesBelow(folder).filter((path) => path.endsWith('.ts'))
    const inner = files.flatMap((path) =>
      parse(path, readFileSync(join(root, path), 'utf8'))
        .imports.map(({ specifier }) => resolveInSources(path, specifier) ?? '')
        .filter((target) => target.startsWith('src/'))
        .map((target) => target.slice('src/'.length))
        .filter((target) => !['index.ts', 'advanced.ts', 'sql.ts'].includes(target)),
    )
    expect([...new Set(inner)].sort()).toEqual([...allowed].sort())
  })

  it('sees a breach when there is one', () => {
    const upward = parse('support/x.ts', "import { Engine } from '../engine.ts'\n")
    expect(breachesOfLaw(upward)).toEqual(["support/x.ts imports '../engine.ts': support may not name engine"])
    const value = parse(
      'kernel/x.ts',
      "import type { A } from '../matrix/csr.ts'\nimport { b } from '../matrix/csr.ts'\n",
    )
    expect(breachesOfLaw(value)).toEqual([
      "kernel/x.ts imports '../matrix/csr.ts': kernel may name only types of matrix",
    ])
    const lazy = parse('data/x.ts', "export const later = () => import('../io/delimited.ts')\n")
    expect(breachesOfLaw(lazy)).toHaveLength(1)
  })

  it('finds no import that no file answers, and every relative import ends in .ts', () => {
    const paths = new Set(sources.map((file) => file.path))
    const dangling = sources.flatMap((file) =>
      relativeImports(file)
        .filter(({ target }) => !paths.has(target))
        .map(({ target }) => `${file.path} -> ${target}`),
    )
    expect(dangling).toEqual([])
  })

  it('holds no cycle', () => {
    expect(findCycle(sources)).toBeNull()
  })

  it('sees a cycle when there is one', () => {
    const a = parse('data/a.ts', "import type { B } from './b.ts'\n")
    const b = parse('data/b.ts', "import { a } from './a.ts'\n")
    expect(findCycle([a, b])).toEqual(['data/a.ts', 'data/b.ts', 'data/a.ts'])
  })

  it('keeps packages and node modules in their rooms', () => {
    const strays = sources.flatMap((file) =>
      file.imports
        .filter(({ specifier }) =>
          homes.some(({ name, home }) => name.test(packageOf(specifier)) && !home.test(file.path)),
        )
        .map(({ specifier }) => `${file.path} imports '${specifier}'`),
    )
    expect(strays).toEqual([])
  })

  it('writes node modules with their prefix', () => {
    const bare =
      /^(fs|path|os|url|zlib|stream|events|util|worker_threads|crypto|buffer|process|child_process|readline)(\/|$)/
    const strays = sources.flatMap((file) =>
      file.imports.filter(({ specifier }) => bare.test(specifier)).map(() => file.path),
    )
    expect(strays).toEqual([])
  })

  it('keeps process, Buffer, console and Atomics in their rooms', () => {
    const strays = sources.flatMap((file) =>
      [...file.globals]
        .filter((name) => !globalHomes[name].test(file.path))
        .map((name) => `${file.path} names ${name}`),
    )
    expect(strays).toEqual([])
  })

  it('lets executors alone look into what a network has stored', () => {
    const looking = sources
      .filter(({ path }) => /\.stored\b/.test(readFileSync(join(root, 'src', path), 'utf8')))
      .filter(({ room }) => !['network', 'run'].includes(room))
    expect(looking.map(({ path }) => path)).toEqual([])
  })

  it('loads no node module and no thread pool for a function called in-thread, so that it runs in a browser', () => {
    const entries = sources.filter((file) =>
      ['label', 'ratings', 'recommend', 'calibrate', 'embed', 'cluster', 'evaluate', 'graph'].includes(file.room),
    )
    expect(entries.flatMap((file) => serverOnlyReachableFrom(file.path))).toEqual([])
  })

  it('loads neither a node module nor the pool through a door of a browser, now or later', () => {
    const reached = ['browser.ts', 'browser-advanced.ts'].flatMap((door) =>
      serverOnlyReachableFrom(door, { lazy: true }),
    )
    expect(reached).toEqual([])
  })

  it('loads piscina only when an engine is made', () => {
    // The workshop door hands out the pool itself, so it may load it.
    const doors = sources.filter((file) => ['index', 'engine'].includes(file.room))
    const early = doors
      .flatMap((file) => serverOnlyReachableFrom(file.path))
      .filter((trail) => trail.endsWith('piscina'))
    expect(early).toEqual([])
  })

  it('loads what only some files need when such a file comes', () => {
    const imports = sources.flatMap(({ imports: all }) => all.filter(({ specifier }) => /^hyparquet/.test(specifier)))
    expect(imports.length).toBeGreaterThan(0)
    expect(imports.filter(({ typeOnly, lazy }) => !typeOnly && !lazy)).toEqual([])
  })

  it('has no index file inside a room, and the doors only pass things on', () => {
    expect(sources.map((file) => file.path).filter((path) => /\/index\.ts$/.test(path))).toEqual([])
    const doors = sources.filter((file) => DOORS.includes(file.path))
    expect(doors.filter((file) => !file.onlyPassesOn).map((file) => file.path)).toEqual([])
  })
})

function relativeImports(file: SourceFile): { readonly statement: Import; readonly target: string }[] {
  return file.imports.flatMap((statement) => {
    const target = resolveInSources(file.path, statement.specifier)
    return target === null ? [] : [{ statement, target }]
  })
}

function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '')
}

function breachesOfLaw(file: SourceFile): string[] {
  if (DOORS.includes(file.path)) return []
  const { from, typesFrom = [] } = law[file.room] ?? { from: [] }
  return relativeImports(file).flatMap(({ statement, target }) => {
    const room = roomOf(target)
    if (room === file.room || from.includes(room) || (statement.typeOnly && typesFrom.includes(room))) return []
    const reason = typesFrom.includes(room) ? `may name only types of ${room}` : `may not name ${room}`
    return [`${file.path} imports '${statement.specifier}': ${file.room} ${reason}`]
  })
}

function findCycle(files: readonly SourceFile[]): string[] | null {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const finished = new Set<string>()
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    const file = byPath.get(path)
    if (finished.has(path) || file === undefined) return null
    for (const { target } of relativeImports(file)) {
      const cycle = walk(target, [...trail, path])
      if (cycle !== null) return cycle
    }
    finished.add(path)
    return null
  }
  for (const file of files) {
    const cycle = walk(file.path, [])
    if (cycle !== null) return cycle
  }
  return null
}

/** Trails 'a.ts > b.ts > node:fs' of imports that work only on a server: those that are loaded at once, or when asked for too. */
function serverOnlyReachableFrom(start: string, follow = { lazy: false }): string[] {
  const byPath = new Map(sources.map((file) => [file.path, file]))
  const seen = new Set<string>()
  const trails: string[] = []
  const walk = (path: string, trail: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { specifier, typeOnly, lazy } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || (lazy && !follow.lazy)) continue
      const target = resolveInSources(path, specifier)
      if (target !== null) walk(target, `${trail} > ${target}`)
      else if (/^(node:|piscina$)/.test(specifier)) trails.push(`${trail} > ${specifier}`)
    }
  }
  walk(start, start)
  return trails
}
