import { personalizedPageRank, type PageRanks } from '../index.ts'
import { readIds, readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import { chosen, libraryFlags, value, withFallback } from './flags.ts'
import { NODE_FLAGS, readNodes } from './nodes.ts'
import { outFlags, outWriter } from './out-file.ts'
import { ENGINE_FLAGS, READING_FLAGS } from './source.ts'
import { count, tableLines } from './table.ts'
import { withProgress } from './terminal.ts'

const OWN_FLAGS = libraryFlags('personalizedPageRank', ['alpha', 'tolerance', 'maxIterations'])

export const PAGERANK = define({
  name: 'pagerank',
  what: 'how often a walker is at each node, from some nodes or from everywhere',
  file: ['<file...>', 'edges: two columns of ids, and a weight with --weighted; or a graph (GEXF, GraphML, JSON)'],
  flags: {
    seeds: value('<ids>', 'where walks start, between commas; several add up (default: everywhere alike)', readIds),
    top: withFallback(value('<n>', 'nodes shown, largest first', readNumber), 20),
    ...NODE_FLAGS,
    ...outFlags(),
    json: jsonFlag('options, ranks, converged ...'),
    ...OWN_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out, top } = given
    const write = await outWriter(given, stage)
    const options = { ...chosen(given, OWN_FLAGS), seeds: given.seeds ?? null }
    personalizedPageRank.resolve(options)
    const nodes = await readNodes(file, given, stage)
    await using engine = await nodes.open()
    const asking = (watch: object) => engine.personalizedPageRank(options, watch)
    const ranks = await withProgress('Walking', stage, asking, 'blocks')
    const { iterations, residual, converged } = ranks
    if (!converged) stage.remark([`note: not converged, residual ${residual.toPrecision(2)}; raise --max-iterations`])
    const all = ranked(ranks)
    if (write !== undefined) {
      const columns = { node: 'text', score: 'float64' } as const
      await write(all, { columns, of: ({ node, score }: RankedNode) => [[node, score]] })
      stage.remark([`${count(all.length)} nodes -> ${out}`])
    }
    await stage.show(
      () => ({
        ...{ options, iterations, residual, converged },
        ...(out === undefined ? { ranks: all } : { out }),
        elapsedMs: stage.elapsedMs(),
      }),
      () =>
        out === undefined
          ? tableLines(
              ['node', 'score'],
              all.slice(0, top).map(({ node, score }) => [node, score.toPrecision(4)]),
            )
          : [],
    )
  },
})

interface RankedNode {
  readonly node: string
  readonly score: number
}

/** Best first, equal ones in node order. */
function ranked({ nodes, scores }: PageRanks): RankedNode[] {
  return Array.from(nodes.keys(), (node, at) => ({ node, score: scores[at] })).sort((a, b) => b.score - a.score)
}
