import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as advanced from '../../src/advanced.ts'
import { lowPass, METHOD_OPTIONS, type Option, OPTIONS, type Spec } from '../../src/advanced.ts'
import {
  type BalanceSearch,
  compile,
  Engine,
  fromRows,
  type MethodName,
  RivuletError,
  type SignalsSearch,
  toGraph,
} from '../../src/index.ts'
import * as front from '../../src/index.ts'
import { SqlEngine, type ConnectOptions } from '../../src/sql.ts'

const rivulet = { ...front, ...advanced }

type Call = (options: object) => unknown

/** A function, its name in messages, what it takes, and what it has to be given. */
interface Face {
  readonly who: string
  readonly options: Spec
  readonly call: Call
  readonly base?: object
}

const table = fromRows(
  Array.from({ length: 24 }, (_, row) => ({
    user: `u${row % 5}`,
    item: `i${row % 7}`,
    value: 1 + (row % 5),
    time: row,
  })),
  { user: 'user', item: 'item', value: 'value', time: 'time' },
)
const compiled = compile(table)
const lists = rivulet.recommend(table)
const seeds = {
  seeds: [
    ['u0', 'red'],
    ['u1', 'blue'],
  ],
}
const shares = { data: Float32Array.of(0.5, 0.5, 0.4, 0.6), shape: [2, 2] } as never
const reliability = rivulet.calibration([0.5], [1])
const balance = rivulet.findBalance(() => [])
const clustering = { clusters: Int32Array.of(0), sizes: Int32Array.of(1), distinctive: [[]] }
const missing = 'no-such-folder/x'

/** Calls of functions that are not called `name(table, options)`. */
const CALLS: Partial<Record<keyof typeof OPTIONS, Call>> = {
  recommendFor: (options) => rivulet.recommendFor(table, ['i1'], options),
  similarItems: (options) => rivulet.similarItems(table, 'i1', options),
  similarUsers: (options) => rivulet.similarUsers(table, 'u1', options),
  explain: (options) => rivulet.explain(table, 'u1', 'i1', options),
  score: (options) => rivulet.score(table, [['u1', 'i1']], options),
  diversify: (options) => rivulet.diversify(table, lists, options),
  intraListDiversity: (options) => rivulet.intraListDiversity(table, lists, options),
  project: (options) => rivulet.project(table, 'items', options),
  crossValidate: (options) => rivulet.crossValidate(() => new Map(), table, options),
  mix: (options) => rivulet.mix([lowPass()], options),
  'compiled.recommendFor': (options) => compiled.recommendFor(['i1'], options),
  'compiled.rank': (options) => compiled.rank(table, options),
  'compiled.recommendAll': (options) => compiled.recommendAll(table, options).next(),
  'compiled.explain': (options) => compiled.explain(['i1'], 'i2', options),
  'compiled.withRecency': (options) => compiled.withRecency(table, options),
  'Engine.create': (options) => Engine.create(table, options),
  'SqlEngine.connect': (options) => SqlEngine.connect(options as ConnectOptions),
  readInteractions: (options) => rivulet.readInteractions(missing, options),
  readRecords: (options) => rivulet.readRecords(missing, options).next(),
  readCompiled: (options) => rivulet.readCompiled(missing, options),
  readCheckpoint: (options) => rivulet.readCheckpoint(missing, options),
  readEmbedding: (options) => rivulet.readEmbedding(missing, options),
  readClusters: (options) => rivulet.readClusters(missing, options),
  fromRows: (options) => rivulet.fromRows([], options as never),
  fromColumns: (options) => rivulet.fromColumns(options as never),
  toInteractions: (options) => rivulet.toInteractions(toGraph(table), options),
  evaluateRankings: (options) => rivulet.evaluateRankings(compiled.rank(table), table, table, options),
  evaluate: (options) => rivulet.evaluate(new Map(), table, options),
  scoreRatings: (options) => rivulet.scoreRatings([1], [1], options),
  pairedBootstrap: (options) => rivulet.pairedBootstrap([1], [1], options),
  calibration: (options) => rivulet.calibration([1], [1], options),
  findBalance: (options) => rivulet.findBalance(() => [], options),
  fitCalibrator: (options) => rivulet.fitCalibrator([1], [1], options),
  fitTemperature: (options) => rivulet.fitTemperature(shares, [0, 1], options),
  conformalIntervals: (options) => rivulet.conformalIntervals([1], [1], options),
  conformalSets: (options) => rivulet.conformalSets(shares, [0, 1], options),
  clusterDiagram: (options) => rivulet.clusterDiagram(clustering, { data: new Float32Array(2) }, options),
  reliabilityDiagram: (options) => rivulet.reliabilityDiagram(reliability, options),
  balanceDiagram: (options) => rivulet.balanceDiagram(balance, options),
  tune: (options) => rivulet.tune(table, { validationUsers: 1, trials: 1, ...options }),
  'tune a recipe': (options) => rivulet.tune(table, { search: 'recipe', trials: 1, baselines: [], ...options }),
  'tune signals': (options) => rivulet.tune(table, { trials: 1, ...options } as SignalsSearch),
  'tune a balance': (options) => rivulet.tune(table, options as BalanceSearch),
  'tune an objective': (options) => rivulet.tune(() => [1], options as never),
  tuneModel: (options) => rivulet.tuneModel(() => new Map(), table, options as never),
  'a person': (options) => rivulet.recommendFor(table, options),
  'a relation': (options) => rivulet.recommend(table, { relations: { own: options } }),
}

const BASES: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    ['labelSpreading', 'labelPropagation', 'poissonLearning', 'inferLabels', 'selfTraining'].map((name) => [
      name,
      seeds,
    ]),
  ),
  fromRows: { user: 'user', item: 'item' },
  'SqlEngine.connect': { clickhouse: 'http://127.0.0.1:19', table: 'events' },
  'tune a recipe': { search: 'recipe' },
  'tune signals': { search: 'signals' },
  'tune a balance': { search: 'balance' },
  'tune an objective': { space: { x: [1] } },
  tuneModel: { space: { x: [1] } },
  fromColumns: { user: ['u'], item: ['i'] },
  'a relation': { rows: [], item: 'item', attribute: 'kind' },
}

type Method = (source: object, options: object) => unknown

const onSource =
  (source: object, name: string, face?: 'detailed'): Call =>
  (options) => {
    const called = (rivulet as unknown as Record<string, Method & Record<'detailed', Method>>)[name]
    return (face === undefined ? called : called[face])(source, options)
  }

const functions: Face[] = Object.entries(OPTIONS).map(([name, options]) => ({
  who: name
    .replace('compiled.', '')
    .replace(/^tune .*/, 'tune')
    .replace('a relation', 'recommend')
    .replace('a person', 'recommendFor'),
  options,
  call: CALLS[name as keyof typeof OPTIONS] ?? onSource(table, name),
  base: BASES[name],
}))

const DETAILED = [
  ...['labelSpreading', 'labelPropagation', 'poissonLearning', 'inferLabels', 'selfTraining', 'personalizedPageRank'],
  ...['predictRatings', 'spectralEmbedding', 'contrastiveEmbedding', 'clusterUsers', 'clusterItems'],
] as const

const detailed: Face[] = DETAILED.map((who) => ({
  who,
  options: OPTIONS[who],
  call: onSource(table, who, 'detailed'),
  base: BASES[who],
}))

const METHODS = Object.keys(METHOD_OPTIONS) as MethodName[]

const methods: Face[] = METHODS.flatMap((method) =>
  (['recommend', 'recommendFor', 'explain', 'similarItems', 'compile'] as const).map((who) => ({
    who,
    options: METHOD_OPTIONS[method],
    call: CALLS[who] ?? onSource(table, who),
    base: { method },
  })),
)

function without(options: Spec, names: readonly string[]): Spec {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)))
}

const POOL: readonly unknown[] = [
  ...['nonsense', '', 0, -1, 0.5, 1.5, 3, 1e300, NaN, Infinity, -Infinity, true, false, null],
  ...[{}, [], ['nonsense'], [-1, 2], Symbol('nonsense'), 10n, () => 1, new Map(), new Date(NaN)],
]

const isRefused = ({ check }: Option<unknown>, value: unknown): boolean => {
  try {
    return check(value, 'test') !== null
  } catch (error) {
    return error instanceof RivuletError
  }
}

/** What a call is refused with, in words; `null` where it is refused as it should be. */
async function wrongRefusal(
  { call, base }: Face,
  options: object,
  expected: RegExp,
  code: RegExp,
): Promise<string | null> {
  try {
    await call({ ...base, ...options })
    return 'was taken'
  } catch (error) {
    if (!(error instanceof RivuletError)) return String(error)
    return code.test(error.code) && expected.test(error.message) ? null : `${error.code} ${error.message}`
  }
}

async function wrongRefusals(face: Face): Promise<string[]> {
  const found: string[] = []
  for (const [name, option] of Object.entries(face.options)) {
    const place = new RegExp(`^${face.who}\\b.*, (option|column) '${name}'`)
    for (const value of POOL.filter((one) => isRefused(option, one))) {
      const wrong = await wrongRefusal(face, { [name]: value }, place, /^INVALID_(OPTION|DATA)$/)
      if (wrong !== null)
        found.push(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}: ${wrong}`)
    }
    const neighbour = new RegExp(`^${face.who}\\b.*Did you mean '${name}'\\?$`)
    const wrong = await wrongRefusal(face, { [`x${name}`]: 1 }, neighbour, /^UNKNOWN_OPTION$/)
    if (wrong !== null) found.push(`${name}, misspelt: ${wrong}`)
  }
  return found
}

describe('every option', () => {
  it('has values that it refuses, but for data, which is looked at where it is used', () => {
    const unchecked = [...functions, ...methods].flatMap(({ who, options }) =>
      Object.entries(options).flatMap(([name, option]) =>
        POOL.some((one) => isRefused(option, one)) ? [] : [`${who} ${name}`],
      ),
    )
    expect(unchecked).toEqual([
      ...['readEmbedding source', 'readClusters source', 'fromColumns value', 'fromColumns signal', 'fromColumns time'],
      ...['evaluate train', 'scoreRatings activity'],
    ])
  })

  it('has a default that it takes', () => {
    const refused = [...functions, ...methods].flatMap(({ who, options }) =>
      Object.entries(options).flatMap(([name, option]) =>
        option.fallback === undefined || !isRefused(option, option.fallback) ? [] : [`${who} ${name}`],
      ),
    )
    expect(refused).toEqual([])
  })

  it.each(functions.map((face) => [face.who, face] as const))('of %s is refused in its name', async (_, face) => {
    expect(await wrongRefusals(face)).toEqual([])
  })

  it.each(detailed.map((face) => [face.who, face] as const))(
    'of %s.detailed is refused in its name',
    async (_, face) => {
      expect(await wrongRefusals(face)).toEqual([])
    },
  )

  it.each(METHODS)('of method %s is refused in the name of the function that was called', async (method) => {
    for (const face of methods.filter(({ base }) => (base as { method: string }).method === method))
      expect(await wrongRefusals(face)).toEqual([])
  })
})

describe('every option of an engine', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await Engine.create(table, { threads: 1 })
  })
  afterAll(() => engine.close())

  // The engine's own matrix has these already: other ones are refused in other words.
  const MATRIX = ['weighted', 'signals', 'relations', 'memoryLimitBytes', 'graph', 'getEdgeWeight']
  const lists = without(OPTIONS.recommendFor, MATRIX)
  const many = without(OPTIONS.recommend, [...MATRIX, 'edge'])
  const faces: readonly Face[] = [
    { who: 'recommend', options: many, call: (options) => engine.recommend(options) },
    { who: 'recommendAll', options: many, call: (options) => engine.recommendAll(options).next() },
    { who: 'rank', options: many, call: (options) => engine.rank(options) },
    { who: 'recommendFor', options: lists, call: (options) => engine.recommendFor(['i1'], options) },
    { who: 'similarItems', options: lists, call: (options) => engine.similarItems('i1', options) },
    {
      who: 'explain',
      options: without(OPTIONS.explain, MATRIX),
      call: (options) => engine.explain('u1', 'i1', options),
    },
    { who: 'compile', options: without(OPTIONS.compile, MATRIX), call: (options) => engine.compile(options) },
    {
      who: 'similarUsers',
      options: without(OPTIONS.similarUsers, MATRIX),
      call: (options) => engine.similarUsers('u1', options),
    },
    ...DETAILED.map((who) => ({
      who,
      options: without(OPTIONS[who], MATRIX),
      call: (options: object) => (engine[who] as unknown as Call).call(engine, options),
      base: BASES[who],
    })),
  ]

  it.each(faces.map((face) => [face.who, face] as const))('%s is refused in its name', async (_, face) => {
    expect(await wrongRefusals(face)).toEqual([])
  })

  it.each(METHODS)('of method %s too', async (method) => {
    for (const face of faces.slice(0, 6))
      expect(await wrongRefusals({ ...face, options: METHOD_OPTIONS[method], base: { method } })).toEqual([])
  })
})

describe('a graph', () => {
  it.each(['recommend', 'compile', 'spectralEmbedding', 'personalizedPageRank', 'clusterUsers', 'labelSpreading'])(
    'without a node is refused by %s in its name',
    (name) => {
      const graph = toGraph(table)
      graph.clear()
      expect(() => onSource(graph, name)(BASES[name] ?? {})).toThrowError(new RegExp(`^${name}\\b`))
    },
  )
})
