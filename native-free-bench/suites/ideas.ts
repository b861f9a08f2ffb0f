import { citations, plantedPartition, type LabelledGraph } from '../data/labelled-graphs.ts'
import { conformalIdea } from './ideas-conformal.ts'
import { lastItemsIdea } from './ideas-last-items.ts'
import { mboIdea } from './ideas-mbo.ts'
import { transitionsIdea } from './ideas-transitions.ts'
import type { Bench, Suite } from './suite.ts'

/** How many of the graphs are generated: they come first. */
const PLANTED = 2

/**
 * Ideas of the literature that were tried, each by an experiment that could refute it: what docs/explanation/ideas-tried.md quotes. Asked for one by one
 * with `--recipe mbo`, `conformal`, `last-items` or `transitions`.
 */
export const ideasSuite: Suite = {
  about:
    'ideas that were tried: profiles whose last items count more, directed transitions, PoissonMBO, conformal sets matched to unlabelled nodes',
  run: async (bench) => {
    const isWanted = (idea: string): boolean => bench.labels?.includes(idea) ?? true
    const graphs = isWanted('mbo') || isWanted('conformal') ? await graphsOf(bench) : []
    if (isWanted('mbo')) mboIdea(bench, graphs)
    // Of a planted partition every node is a seed, a validation or a test node; at smoke size that will do.
    const withUnlabelled = bench.size === 'smoke' ? graphs : graphs.slice(PLANTED)
    if (isWanted('conformal')) conformalIdea(bench, withUnlabelled)
    if (isWanted('last-items')) await lastItemsIdea(bench)
    if (isWanted('transitions')) await transitionsIdea(bench)
  },
}

async function graphsOf({ size, report }: Bench): Promise<LabelledGraph[]> {
  if (size === 'smoke') return [plantedPartition(300)]
  const graphs = [plantedPartition(3000), plantedPartition(3000, 0.6)]
  for (const name of ['cora', 'citeseer', 'pubmed']) {
    const given = await citations(name)
    if (given === null) report.skip(`ideas on ${name}: not below RIVULET_DATA`)
    else graphs.push(given)
  }
  return graphs
}
