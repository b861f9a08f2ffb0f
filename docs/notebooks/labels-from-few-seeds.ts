/**
 * Notebook: labels from few seeds. A graph knows the class of a few nodes; how many seeds does it take, and which answers can be trusted?
 *
 * Run: npx tsx docs/notebooks/labels-from-few-seeds.ts
 * Cora is read from the folder RIVULET_DATA (default ../shared/data); without it the notebook makes a graph of its own.
 */
import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import { labelPropagation, labelSpreading, scoreLabels } from '../../src/index.ts'
import { bar, count, percent, print, printTable } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'
import { plantPartition, readCora } from './citations.ts'
import { lineChart } from './svg.ts'

const folder = process.env['RIVULET_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

cell('The graph')
const cora = await readCora(folder)
if (cora === null) {
  print(`  Cora is not in ${folder}: set RIVULET_DATA to the folder that holds planetoid/.`)
  print('  This run uses a generated graph instead: 4 groups of 200 nodes, edges likelier inside than between.')
}
const { name, graph } = cora ?? plantPartition(4, 200, 0.03, 0.004)
const nodesOf = (split: string): string[] => graph.filterNodes((_, attributes) => attributes['split'] === split)
const truthOf = (node: string): string => graph.getNodeAttribute(node, 'label') as string
const test = nodesOf('test')
const classes = [...new Set(graph.mapNodes((node) => truthOf(node)))].sort()
print(
  `  ${name}: ${count(graph.order)} nodes, ${count(graph.size)} edges, ${classes.length} classes, ${count(test.length)} test nodes`,
)

/** The candidates for seeds, class by class. */
const candidates = classes.map((label) => nodesOf('train').filter((node) => truthOf(node) === label))

/** The draws of `perClass` seeds a class: disjoint slices of the candidates, so that no draw counts twice. */
function draws(perClass: number): Map<string, string>[] {
  const most = Math.floor(Math.min(...candidates.map(({ length }) => length)) / perClass)
  return Array.from({ length: most }, (_, draw) => {
    const drawn = candidates.flatMap((nodes) => nodes.slice(draw * perClass, (draw + 1) * perClass))
    return new Map(drawn.map((node) => [node, truthOf(node)]))
  })
}

const methods = {
  'label spreading': (seeds: Map<string, string>) => labelSpreading.detailed(graph, { seeds }),
  'label propagation': (seeds: Map<string, string>) => labelPropagation.detailed(graph, { seeds }),
  'the same, class masses': (seeds: Map<string, string>) =>
    labelPropagation.detailed(graph, { seeds, classPrior: 'seeds' }),
}

cell('All the seeds there are', `${candidates[0].length} a class; accuracy on the test nodes`)
const everySeed = draws(candidates[0].length)[0]
for (const [method, run] of Object.entries(methods)) {
  const { nodes, labels, iterations, converged, reached } = run(everySeed)
  const predicted = test.map((node) => labels[nodes.rowOf(node)])
  const { accuracy, macroF1 } = scoreLabels(predicted, test.map(truthOf))
  const silent = test.filter((node) => reached[nodes.rowOf(node)] === 0).length
  print(
    `  ${method.padEnd(22)} accuracy ${percent(accuracy)}, macro F1 ${percent(macroF1)}; ${iterations} sweeps, converged: ${String(converged)}`,
  )
  print(`  ${''.padEnd(22)} ${count(silent)} test nodes lie where no seed can reach: they got the prior`)
}

cell('How many seeds does it take?', 'Mean accuracy over disjoint draws, with the worst and the best draw.')
const sizes = [1, 2, 5, 10, 20].filter((size) => size <= candidates[0].length)
const curves = Object.entries(methods).map(([method, run]) => {
  const bySize = sizes.map((size) =>
    draws(size).map((seeds) => {
      const { nodes, labels } = run(seeds)
      return scoreLabels(
        test.map((node) => labels[nodes.rowOf(node)]),
        test.map(truthOf),
      ).accuracy
    }),
  )
  return {
    name: method,
    mean: bySize.map((accuracies) => accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length),
    low: bySize.map((accuracies) => Math.min(...accuracies)),
    high: bySize.map((accuracies) => Math.max(...accuracies)),
    draws: bySize.map(({ length }) => length),
  }
})
printTable([
  ['seeds a class', 'draws', ...curves.flatMap(({ name: method }) => [method, ''])],
  ...sizes.map((size, at) => [
    String(size),
    String(curves[0].draws[at]),
    ...curves.flatMap(({ mean, low, high }) => [
      `${percent(mean[at])} (${percent(low[at])} to ${percent(high[at])})`,
      bar(mean[at], 1, 20),
    ]),
  ]),
])

print(
  '  With few clamped seeds one class swallows the others; scaling class masses to the seeds (classPrior) mends it.',
)

cell(
  'Which answers can be trusted?',
  'Label spreading with five seeds a class: the surest quarter of the test nodes first.',
)
const { nodes, labels, confidence } = methods['label spreading'](draws(5)[0])
const surest = test.map((node) => nodes.rowOf(node)).sort((a, b) => confidence[b] - confidence[a])
const quarters = [0, 1, 2, 3].map((q) => surest.slice((q * surest.length) / 4, ((q + 1) * surest.length) / 4))
printTable([
  ['quarter', 'share of the chosen label', 'accuracy', ''],
  ...quarters.map((rows, q) => {
    const { accuracy } = scoreLabels(
      rows.map((row) => labels[row]),
      rows.map((row) => truthOf(nodes.keyOf(row))),
    )
    const range = `${confidence[rows[0]].toFixed(2)} to ${confidence[rows.at(-1) ?? 0].toFixed(2)}`
    return [String(q + 1), range, percent(accuracy), bar(accuracy, 1, 20)]
  }),
])
print('  The share is not a probability: read the accuracy beside it.')

await writeDrawing(
  `labels-from-few-seeds-${cora === null ? 'generated' : 'cora'}.svg`,
  lineChart({
    title: `Accuracy from few seeds: ${name}`,
    subtitle: `${count(graph.order)} nodes, ${classes.length} classes, ${count(test.length)} test nodes; mean over disjoint draws, band from worst to best`,
    xName: 'seeds a class',
    xs: sizes,
    series: curves,
  }),
)
