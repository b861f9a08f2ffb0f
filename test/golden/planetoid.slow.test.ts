import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { UndirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { labelPropagation } from '../../src/label/label-propagation.ts'
import { labelSpreading } from '../../src/label/label-spreading.ts'
import { poissonLearning } from '../../src/label/poisson-learning.ts'

const folder = join(process.env.RIVULET_DATA ?? '../shared/data', 'planetoid')
const missing = !existsSync(folder)

describe.skipIf(missing)(
  `Planetoid citation networks, public split${missing ? ' (skipped: no public data; set RIVULET_DATA)' : ''}`,
  () => {
    it.each([
      ['cora', 2708, 71.3],
      ['citeseer', 3327, 49.9],
      ['pubmed', 19_717, 71.2],
    ])('label spreading at alpha .9 on %s: %i nodes, %f %%', (name, order, accuracy) => {
      const { graph, seeds, test } = read(name)
      expect(graph.order).toBe(order)
      const run = labelSpreading.detailed(graph, { seeds, alpha: 0.9 })
      expect(run.converged).toBe(true)
      expect(run.residual).toBeLessThan(1e-6)
      expect(percentRight(new Map(test.map(([node]) => [node, run.labels[run.nodes.rowOf(node)]])), test)).toBeCloseTo(
        accuracy,
        1,
      )
    })

    it.each([
      ['cora', 72.7],
      ['citeseer', 51],
      ['pubmed', 72.8],
    ])('Poisson learning on %s: %f %%', (name, accuracy) => {
      const { graph, seeds, test } = read(name)
      const run = poissonLearning.detailed(graph, { seeds })
      expect(run.converged).toBe(true)
      const labels = new Map(test.map(([node]) => [node, run.labels[run.nodes.rowOf(node)]]))
      expect(percentRight(labels, test)).toBeCloseTo(accuracy, 0)
    })

    it('label propagation on cora: seeds kept, 71.7 %', () => {
      const { graph, seeds, test } = read('cora')
      const labels = labelPropagation(graph, { seeds })
      for (const [node, label] of seeds) expect(labels.get(node)).toBe(label)
      expect(percentRight(labels, test)).toBeCloseTo(71.7, 1)
    })
  },
)

type Pairs = [node: string, label: string][]

function read(name: string): { graph: UndirectedGraph; seeds: Pairs; test: Pairs } {
  const rows = (file: string): string[][] =>
    gunzipSync(readFileSync(join(folder, `${name}.${file}.tsv.gz`)))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split('\t'))
  const graph = new UndirectedGraph()
  const nodes = rows('nodes')
  for (const [node] of nodes) graph.addNode(node)
  for (const [source, target] of rows('edges')) graph.mergeEdge(source, target)
  const part = (split: string): Pairs =>
    nodes.filter((row) => row[2] === split).map(([node, label]): [string, string] => [node, label])
  return { graph, seeds: part('train'), test: part('test') }
}

function percentRight(labels: ReadonlyMap<string, unknown>, test: Pairs): number {
  return (100 * test.filter(([node, label]) => labels.get(node) === label).length) / test.length
}
