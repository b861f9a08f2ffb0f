import { UndirectedGraph } from 'graphology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Engine,
  inferLabels,
  type Labeller,
  type Labelling,
  labelPropagation,
  labelSpreading,
  personalizedPageRank,
  poissonLearning,
  selfTraining,
  type SelfTraining,
} from '../../src/index.ts'
import type { LabellerOptions } from '../../src/label/labeller.ts'
import { graphOf, randomNetwork, tableOfNetwork } from '../networks.ts'

const LABELLERS: Record<string, Labeller<LabellerOptions>> = {
  labelSpreading,
  labelPropagation,
  poissonLearning,
  inferLabels,
}
/** Those that know what a weight below 0 means. */
const SIGNED = ['labelSpreading', 'inferLabels']

const network = randomNetwork({ users: 40, others: 30, edges: 300, weighted: true, seed: 3 })
const graph = graphOf(network)
const seeds = [
  ['u0', 2020],
  ['u30', 1999],
  ['i3', [2020, 'never']],
  [
    'i25',
    new Map<string | number, number>([
      [1999, 3],
      ['never', 1],
    ]),
  ],
] as const

/** Two triangles and a lonely node; the second triangle has no seed. */
function triangles(): UndirectedGraph {
  const pieces = new UndirectedGraph()
  for (const node of ['a', 'b', 'c', 'x', 'y', 'z', 'alone']) pieces.addNode(node)
  for (const [from, to] of ['ab', 'bc', 'ca', 'xy', 'yz', 'zx']) pieces.addEdge(from, to)
  return pieces
}

const bits = <Run extends Labelling>({ scores, ...run }: Run) => ({
  ...run,
  nodes: [...run.nodes.keys()],
  scores: scores.data,
})

describe.each(Object.entries(LABELLERS))('%s', (name, label) => {
  it('has frozen defaults that hold every option but seeds, which have to be given', () => {
    expect(Object.isFrozen(label.defaults)).toBe(true)
    expect(label.defaults).not.toHaveProperty('seeds')
    for (const face of [label, label.detailed, label.assign]) {
      for (const options of [undefined, {}, { seeds: undefined }]) {
        expect(() => face(graph, options as never)).toThrow(
          expect.objectContaining({ code: 'INVALID_OPTION', details: { option: 'seeds' } }) as Error,
        )
      }
    }
    expect(label(graph, { ...label.defaults, seeds })).toEqual(label(graph, { seeds }))
  })

  it('keeps numbers numbers and sorts classes: numbers, then texts', () => {
    const run = label.detailed(graph, { seeds })
    expect(run.classes).toEqual([1999, 2020, 'never'])
    expect(new Set(run.labels.map((value) => typeof value)).has('number')).toBe(true)
    expect(run.labels.length).toBe(70)
  })

  it('is a map, an assignment and a report of the same thing', () => {
    const run = label.detailed(graph, { seeds })
    expect([...label(graph, { seeds })]).toEqual(network.nodes.map((key, node) => [key, run.labels[node]]))
    const copy = graph.copy()
    label.assign(copy, { seeds, nodeLabelAttribute: 'team', nodeConfidenceAttribute: 'sure' })
    expect(copy.mapNodes((_, { team, sure }) => [team, sure])).toEqual(
      run.labels.map((value, node) => [value, run.confidence[node]]),
    )
    label.assign(copy, { seeds, nodeLabelAttribute: 'again' })
    expect(copy.someNode((_, attributes) => 'confidence' in attributes)).toBe(false)
    expect(() => label.assign(tableOfNetwork(network) as never, { seeds })).toThrow(`${name}.assign: expected a graph`)
  })

  it('reads seeds from a node attribute', () => {
    const copy = graph.copy()
    copy.setNodeAttribute('u0', 'side', 'left')
    copy.setNodeAttribute('i25', 'side', 'right')
    const pairs = [
      ['u0', 'left'],
      ['i25', 'right'],
    ] as const
    const run = bits(label.detailed(copy, { seeds: 'side' }))
    expect(run).toEqual(bits(label.detailed(graph, { seeds: new Map(pairs) })))
    for (let time = 0; time < 2; time++) {
      label.assign(copy, { seeds: 'side' })
      expect(copy.mapNodes((_, { rivuletLabel }) => rivuletLabel as string)).toEqual(run.labels)
    }
    expect(copy.filterNodes((_, attributes) => 'side' in attributes)).toEqual(['u0', 'i25'])
  })

  it('never writes onto an attribute that it reads, nor twice onto one', () => {
    const copy = graph.copy()
    copy.setNodeAttribute('u0', 'side', 'left')
    const before = copy.export()
    for (const [options, message] of [
      [{ nodeLabelAttribute: 'side' }, "'nodeLabelAttribute': expected an attribute other than that of 'seeds'"],
      [
        { nodeConfidenceAttribute: 'side' },
        "'nodeConfidenceAttribute': expected an attribute other than that of 'seeds'",
      ],
      [{ nodeConfidenceAttribute: 'rivuletLabel' }, "than that of 'nodeLabelAttribute'"],
    ] as const) {
      expect(() => label.assign(copy, { seeds: 'side', ...options })).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          message: expect.stringContaining(message) as string,
        }) as Error,
      )
    }
    expect(copy.export()).toEqual(before)
    // An answer may be read where it is not written over.
    label.assign(copy, { seeds: 'side' })
    expect(label(copy, { seeds: 'rivuletLabel' }).size).toBe(70)
    expect(() => label.assign(copy, { seeds: 'rivuletLabel' })).toThrow("than that of 'seeds'")
  })

  it('takes rows of one label each as the list of them', () => {
    const rows = [
      ...([
        ['u0', 2020],
        ['u30', 1999],
        ['i3', 'never'],
        ['i3', 2020],
        ['u0', 2020],
      ] as const),
      seeds[3],
    ] as const
    expect(bits(label.detailed(graph, { seeds: rows }))).toEqual(bits(label.detailed(graph, { seeds })))
  })

  it('leaves out what is no label', () => {
    const none = [-1, ''] as const
    const rows = network.nodes.map((key, at) => [key, at % 9 === 0 ? at % 2 : none[at % 2]] as const)
    const labelled = rows.filter((_, at) => at % 9 === 0)
    expect(bits(label.detailed(graph, { seeds: rows, unlabelled: none }))).toEqual(
      bits(label.detailed(graph, { seeds: labelled })),
    )
    const copy = graph.copy()
    for (const [key, value] of rows) copy.setNodeAttribute(key, 'team', value)
    expect(label(copy, { seeds: 'team', unlabelled: none })).toEqual(label(graph, { seeds: labelled }))
    expect(() => label(graph, { seeds: rows, unlabelled: [0, 1, ...none] })).toThrow('at least one labelled node')
  })

  it('gives unseeded components the prior, says that nothing arrived, and is never NaN', () => {
    const pieces = [
      ['a', 'red'],
      ['b', 'blue'],
      ['c', 'blue'],
    ] as const
    const run = label.detailed(triangles(), { seeds: pieces })
    expect([...run.reached]).toEqual([1, 1, 1, 0, 0, 0, 0])
    expect(run.labels.slice(3)).toEqual(Array(4).fill('blue'))
    for (const node of [3, 4, 5, 6]) {
      expect(run.scores.get(node, 0)).toBeCloseTo(2 / 3, 6)
      expect(run.scores.get(node, 1)).toBeCloseTo(1 / 3, 6)
      expect(run.confidence[node]).toBeCloseTo(2 / 3, 6)
    }
    expect(run.scores.data.every(Number.isFinite)).toBe(true)
    const given = label.detailed(triangles(), { seeds: pieces, classPrior: { red: 3, blue: 1 } })
    expect(given.labels.slice(3)).toEqual(Array(4).fill('red'))
    expect(given.confidence[6]).toBeCloseTo(3 / 4, 6)
  })

  it('labels a lonely seed, and a graph without an edge', () => {
    const nodes = new UndirectedGraph()
    nodes.addNode('a')
    nodes.addNode('b')
    const run = label.detailed(nodes, {
      seeds: [
        ['a', 'x'],
        ['a', 'x'],
      ],
    })
    expect([run.labels, [...run.reached], run.converged]).toEqual([['x', 'x'], [1, 0], true])
  })

  it('reports convergence honestly', () => {
    const short = label.detailed(graph, { seeds, maxIterations: 1, solver: 'power' })
    expect(short.converged).toBe(false)
    expect(short.iterations).toBe(1)
    expect(short.residual).toBeGreaterThan(1e-6)
    const long = label.detailed(graph, { seeds, solver: 'power', tolerance: 1e-3 })
    expect(long.converged).toBe(true)
    expect(long.residual).toBeLessThan(1e-3)
    expect(long.iterations).toBeGreaterThan(1)
  })

  it('scales classes to the given masses (class mass normalisation)', () => {
    const classPrior = { 1999: 0.5, 2020: 0.3, never: 0.2 }
    const plain = label.detailed(graph, { seeds })
    const scaled = label.detailed(graph, { seeds, classPrior })
    expect(scaled.scores.data).not.toEqual(plain.scores.data)
    expect(bits(label.detailed(graph, { seeds, classPrior: 'seeds' }))).not.toEqual(bits(plain))
    expect(() => label(graph, { seeds, classPrior: { ...classPrior, 1998: 1 } })).toThrow(
      "option 'classPrior': expected classes of the seeds (3 classes), got '1998'",
    )
    expect(() => label(graph, { seeds, classPrior: { 1999: 1 } })).toThrow('a share > 0 for class 2020, got undefined')
  })

  it('counts the values of interactions if told to, and the weights of other graphs unless told otherwise', () => {
    const plain = label.detailed(graph, { seeds, weighted: false })
    expect(bits(label.detailed(graph, { seeds }))).toEqual(bits(plain))
    expect(bits(label.detailed(graph, { seeds, weighted: true }))).not.toEqual(bits(plain))
    const even = graphOf({ ...network, edges: network.edges.map((edge) => ({ ...edge, weight: 1 })) })
    expect(bits(label.detailed(even, { seeds, weighted: true }))).toEqual(bits(plain))
    const ties = graphOf({ ...network, users: 0 })
    expect(bits(label.detailed(ties, { seeds }))).toEqual(bits(label.detailed(ties, { seeds, weighted: true })))
    expect(bits(label.detailed(ties, { seeds }))).not.toEqual(bits(label.detailed(ties, { seeds, weighted: false })))
  })

  it('counts signals on a bipartite graph, with weights below 0 where it can', () => {
    const edges = [...graph.edgeEntries()]
    const marked = graph.copy()
    edges.forEach(({ edge }, at) => marked.setEdgeAttribute(edge, 'signal', at % 3 === 0 ? 'view' : 'buy'))
    const kept = graph.copy()
    edges.forEach(({ edge }, at) => at % 3 === 0 && kept.dropEdge(edge))
    expect(bits(label.detailed(marked, { seeds, signals: { buy: 1, view: 0 } })).scores).toEqual(
      bits(label.detailed(kept, { seeds })).scores,
    )
    expect(() => label(marked, { seeds, signals: { by: 1 } })).toThrow("signals of this data: 'view', 'buy', got 'by'")
    expect(() => label(graphOf({ ...network, users: 0 }), { seeds, signals: { buy: 1 } })).toThrow(
      'without these two kinds',
    )
    const against = { seeds, signals: { buy: 1, view: -1 } }
    if (SIGNED.includes(name)) expect(label(marked, against).size).toBe(70)
    else expect(() => label(marked, against)).toThrow('weights >= 0')
  })

  it.each([
    [{ seeds: [] }, 'EMPTY_DATA'],
    [{ seeds: 'nowhere' }, 'EMPTY_DATA'],
    [{ seeds: [['nobody', 'x']] }, 'UNKNOWN_KEY'],
    [{ seeds: [['u0', NaN]] }, 'INVALID_DATA'],
    [{ seeds: [['u0', []]] }, 'INVALID_DATA'],
    [{ seeds: [['u0', { x: -1, y: 2 }]] }, 'INVALID_DATA'],
    [{ seeds: [['u0', { x: 0 }]] }, 'INVALID_DATA'],
    [{ seeds: [['u0', new Map([['x', NaN]])]] }, 'INVALID_DATA'],
    [{ seeds: 5 }, 'INVALID_OPTION'],
    [{ seeds: { u0: 'x' } }, 'INVALID_OPTION'],
    [{ seeds, unlabelled: -1 }, 'INVALID_OPTION'],
    [{ seeds, unlabelled: [true] }, 'INVALID_OPTION'],
    [{ seeds: ['u0', 'u1'] }, 'INVALID_DATA'],
    [{ seeds: [null] }, 'INVALID_DATA'],
    [{ seeds: [['u0']] }, 'INVALID_DATA'],
    [
      {
        seeds: [
          ['u0', 'x'],
          ['u0', 'x', 0.2],
        ],
      },
      'INVALID_DATA',
    ],
    [{ seeds, classPrior: 'even' }, 'INVALID_OPTION'],
    [{ seeds, tolerance: 0 }, 'INVALID_OPTION'],
    [{ seeds, tolerance: 1.5 }, 'INVALID_OPTION'],
    [{ seeds, maxIterations: 0 }, 'INVALID_OPTION'],
    [{ seeds, maxIterations: 1.5 }, 'INVALID_OPTION'],
    [{ seeds, solver: 'jacobi' }, 'INVALID_OPTION'],
    [{ seeds, weighted: 'yes' }, 'INVALID_OPTION'],
    [{ seeds, memoryLimitBytes: 0 }, 'INVALID_OPTION'],
    [{ seeds, nodeLabelAttribute: 5 }, 'INVALID_OPTION'],
    [{ seeds, nodeConfidenceAttribute: 5 }, 'INVALID_OPTION'],
    [{ seeds, memoryLimitBytes: 1000 }, 'MEMORY_LIMIT'],
    [{ seeds, tolerence: 1 }, 'UNKNOWN_OPTION'],
  ])('refuses %o: %s', (options, code) => {
    expect(() => label(graph, options as never)).toThrow(
      expect.objectContaining({ name: 'RivuletError', code }) as Error,
    )
  })

  it('names the nearest option, and refuses graphs that it cannot read', () => {
    expect(() => label(graph, { seeds, tolerence: 1 } as never)).toThrow("Did you mean 'tolerance'?")
    expect(() => label(new UndirectedGraph(), { seeds })).toThrow('at least one node')
    expect(() => label([] as never, { seeds })).toThrow('expected a graphology graph or a table')
    const negative = graph.copy()
    negative.setEdgeAttribute(negative.edges()[2], 'value', -1)
    const [from, to] = negative.extremities(negative.edges()[2])
    const weighed = { seeds, weighted: true }
    if (SIGNED.includes(name)) expect(label(negative, weighed).size).toBe(70)
    else expect(() => label(negative, weighed)).toThrow(`weights >= 0, got -1 on the edge '${from}' - '${to}'`)
    expect(label(negative, { seeds, weighted: false }).size).toBe(70)
    negative.setEdgeAttribute(negative.edges()[2], 'value', NaN)
    expect(() => label(negative, { seeds })).toThrow('finite number')
  })
})

describe('labelPropagation', () => {
  it('keeps seeds exactly, users and items alike, hard and shared', () => {
    const { scores, nodes } = labelPropagation.detailed(graph, { seeds })
    const row = (key: string) => [0, 1, 2].map((c) => scores.get(nodes.rowOf(key), c))
    expect(row('u0')).toEqual([0, 1, 0])
    expect(row('u30')).toEqual([1, 0, 0])
    expect(row('i3')).toEqual([0, 0.5, 0.5])
    expect(row('i25')).toEqual([0.75, 0, 0.25])
  })
})

describe('ids that collide or that graphology cannot hold', () => {
  const table = tableOfNetwork({
    nodes: ['constructor', '7', '__proto__', '7'],
    users: 2,
    directed: false,
    edges: [
      { from: 0, to: 2, weight: 1 },
      { from: 1, to: 3, weight: 1 },
    ],
  })
  it('are told apart by their side', () => {
    const pairs = [
      ['user:constructor', 'odd'],
      ['item:7', 7],
    ] as const
    expect([...labelSpreading(table, { seeds: pairs })]).toEqual([
      ['user:constructor', 'odd'],
      ['user:7', 7],
      ['item:__proto__', 'odd'],
      ['item:7', 7],
    ])
    expect(() => labelSpreading(table, { seeds: [['7', 'x']] })).toThrow('expected a node known')
  })
})

describe('the engine', () => {
  const engines: Engine[] = []

  beforeAll(async () => {
    for (const threads of [1, 2, 3]) engines.push(await Engine.create(graph, { threads, weighted: true }))
    engines.push(await Engine.create(tableOfNetwork(network), { threads: 2, weighted: true, partition: 'rows' }))
  })

  afterAll(async () => {
    for (const engine of engines) await engine.close()
  })

  it('gives the bits of the functions for any number of threads', async () => {
    const many = network.nodes.slice(0, 36).map((key, at) => [key, `class ${at}`] as const)
    const few = network.nodes.slice(0, 16).map((key, at) => [key, at % 2] as const)
    const withoutFunctions = (run: SelfTraining) => ({ ...bits(run), calibrator: run.calibrator?.method })
    const ranks = personalizedPageRank.detailed(graph, { seeds: ['u3', 'i4'], weighted: true })
    const everywhere = personalizedPageRank.detailed(graph, { weighted: true })
    const settled = { mboSteps: 3, classPrior: 'seeds', decisionRule: 'volume' } as const
    const expected = [{ seeds }, { seeds: many }].map((options) => {
      const same = { ...options, weighted: true }
      return {
        options,
        spread: bits(labelSpreading.detailed(graph, same)),
        propagated: bits(labelPropagation.detailed(graph, same)),
        poisson: bits(poissonLearning.detailed(graph, same)),
        settled: bits(poissonLearning.detailed(graph, { ...same, ...settled })),
        inferred: bits(inferLabels.detailed(graph, same)),
      }
    })
    const trained = withoutFunctions(selfTraining.detailed(graph, { seeds: few, weighted: true }))
    for (const engine of engines) {
      for (const { options, ...bitsOf } of expected) {
        expect(bits(await engine.labelSpreading(options))).toEqual(bitsOf.spread)
        expect(bits(await engine.labelPropagation(options))).toEqual(bitsOf.propagated)
        expect(bits(await engine.poissonLearning(options))).toEqual(bitsOf.poisson)
        expect(bits(await engine.poissonLearning({ ...options, ...settled }))).toEqual(bitsOf.settled)
        expect(bits(await engine.inferLabels(options))).toEqual(bitsOf.inferred)
      }
      expect((await engine.personalizedPageRank({ seeds: ['u3', 'i4'] })).scores).toEqual(ranks.scores)
      expect((await engine.personalizedPageRank()).scores).toEqual(everywhere.scores)
      expect(withoutFunctions(await engine.selfTraining({ seeds: few }))).toEqual(trained)
    }
  })

  it('reads weights and signals as the functions do, whatever the source', async () => {
    const marked = graph.copy()
    marked.forEachEdge((edge, _, from) => marked.setEdgeAttribute(edge, 'signal', from < 'u2' ? 'view' : 'buy'))
    const ties = graphOf({ ...network, users: 0 })
    for (const [source, own] of [
      [graph, {}],
      [ties, {}],
      [marked, { signals: { buy: 1, view: -0.5 } }],
    ] as const) {
      await using engine = await Engine.create(source, { threads: 1, ...own })
      const run = bits(labelSpreading.detailed(source, { seeds, ...own }))
      expect(bits(await engine.labelSpreading({ ...labelSpreading.defaults, seeds, ...own }))).toEqual(run)
    }
  })

  it('refuses options that its matrix cannot follow', async () => {
    const [engine] = engines
    const refused = { code: 'INVALID_OPTION' }
    await expect(engine.labelSpreading({ seeds, weighted: false })).rejects.toMatchObject(refused)
    await expect(engine.labelPropagation({ seeds, memoryLimitBytes: 1e9 })).rejects.toMatchObject(refused)
    await expect(engine.personalizedPageRank({ seeds: ['u0'], weighted: false })).rejects.toMatchObject(refused)
    await expect(engine.labelSpreading({ seeds, signals: { interaction: 1 } })).rejects.toMatchObject(refused)
    await expect(engine.labelSpreading({ seeds, weighted: 'auto' })).rejects.toMatchObject(refused)
    await expect(engine.labelSpreading({ seeds, signals: null, weighted: true })).resolves.toHaveProperty(
      'converged',
      true,
    )
    await expect(engine.labelSpreading({ seeds: [] })).rejects.toMatchObject({ code: 'EMPTY_DATA' })
  })
})
