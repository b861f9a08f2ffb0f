import { personalizedPageRank, type CallOptions, type PageRanks } from '../index.ts'
import { readIds, readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import type { Stage } from './stage.ts'
import { tableWriter } from './database.ts'
import { chosen, libraryFlags, onlyGiven, value, withFallback } from './flags.ts'
import { NODE_FLAGS, readNodes, requireKinds, requireTwoKinds, UNKNOWN_SEEDS_FLAG } from './nodes.ts'
import { makeInto, outFlags, outWriter, type Destination } from './out-file.ts'
import { ENGINE_FLAGS, READING_FLAGS } from './source.ts'
import { count, tableLines } from './table.ts'
import { withProgress } from './terminal.ts'

const OWN_FLAGS = libraryFlags('personalizedPageRank', ['alpha', 'tolerance', 'maxIterations'])

export const PAGERANK = define({
  name: 'pagerank',
  what: 'rank nodes by personalized PageRank, from some nodes or from all',
  file: ['<file...>', 'edges: two columns of ids, and a weight with --weighted; or a graph (GEXF, GraphML, JSON)'],
  flags: {
    seeds: value(
      '<ids>',
      'nodes where walks start, separated by commas; may be repeated (default: all nodes equally)',
      readIds,
    ),
    unknown: UNKNOWN_SEEDS_FLAG,
    top: withFallback(value('<n>', 'nodes shown, largest first', readNumber), 20),
    ...NODE_FLAGS,
    ...outFlags(),
    json: jsonFlag('options, ranks, converged ...'),
    ...OWN_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out, top, unknown } = given
    const write = await outWriter(given, stage)
    const options = { ...chosen(given, OWN_FLAGS), seeds: given.seeds ?? null, ...onlyGiven({ unknown }) }
    personalizedPageRank.resolve(options)
    const nodes = await readNodes(file, given, stage)
    await using engine = await nodes.open()
    const asking = (watch: object) => engine.personalizedPageRank(options, watch)
    const make = () => withProgress('Walking', stage, asking, 'blocks')
    await tell(make, options, { write, out }, top, stage)
  },
  inDatabase: {
    flags: [
      ...(['seeds', 'top', 'nodes', 'out', 'spreadsheetSafe', 'memoryLimit', 'weighted', 'signals'] as const),
      ...(['alpha', 'tolerance', 'maxIterations'] as const),
    ],
    writes: true,
    async run(database, given, stage) {
      const { out, to, top } = given
      requireTwoKinds(given, stage)
      const writeFile = await outWriter(given, stage)
      const options = { ...chosen(given, OWN_FLAGS), seeds: given.seeds ?? null }
      personalizedPageRank.resolve(options)
      if (given.dryRun) return database.showPlan({ columns: 1 })
      await using engine = await database.connect()
      requireKinds(engine, given, stage)
      const asking = (watch: CallOptions) => engine.personalizedPageRank(options, watch)
      const make = () => withProgress('Walking', stage, asking, 'steps')
      const write = to === undefined ? writeFile : tableWriter(engine, to, stage)
      await tell(make, options, { write, out, to }, top, stage)
    },
  },
})

async function tell(
  make: () => Promise<PageRanks>,
  options: object,
  destination: Destination,
  top: number,
  stage: Stage,
): Promise<void> {
  const { write, ...where } = destination
  const ranks = await makeInto(destination, make, ranked, RANK_ROWS)
  const { iterations, residual, converged, notes } = ranks
  if (notes.length > 0) stage.remark(notes)
  if (!converged) stage.remark([`note: not converged, residual ${residual.toPrecision(2)}; raise --max-iterations`])
  const all = ranked(ranks)
  if (write !== undefined) stage.remark([`${count(all.length)} nodes -> ${where.out ?? where.to}`])
  await stage.show(
    () => ({
      ...{ options, iterations, residual, converged },
      ...(write === undefined ? { ranks: all } : where),
      elapsedMs: stage.elapsedMs(),
    }),
    () =>
      write === undefined
        ? tableLines(
            ['node', 'score'],
            all.slice(0, top).map(({ node, score }) => [node, score.toPrecision(4)]),
          )
        : [],
  )
}

const RANK_ROWS = {
  columns: { node: 'text', score: 'float64' } as const,
  of: ({ node, score }: RankedNode) => [[node, score]],
}

interface RankedNode {
  readonly node: string
  readonly score: number
}

/** Best first, equal ones in node order. */
function ranked({ nodes, scores }: PageRanks): RankedNode[] {
  return Array.from(nodes.keys(), (node, at) => ({ node, score: scores[at] })).sort((a, b) => b.score - a.score)
}
