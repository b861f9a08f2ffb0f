/**
 * Notebook: three labels per class. What Poisson learning, class sizes and self-training make of almost nothing, and how self-training is kept honest.
 *
 * Run: npx tsx docs/notebooks/three-labels-per-class.ts
 * Cora is read from the folder RIVULET_DATA (default ../shared/data); without it the notebook makes a graph of its own.
 */
import { fileURLToPath } from 'node:url'
// With the package installed: from 'rivulet'.
import { inferLabels, selfTraining, type InferLabelsOptions, type PseudoLabel } from '../../src/index.ts'
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
const { name, graph } = cora ?? plantPartition(4, 200, 0.024, 0.004)
const nodesOf = (split: string): string[] => graph.filterNodes((_, attributes) => attributes['split'] === split)
const truthOf = (node: string): string => graph.getNodeAttribute(node, 'label') as string
const classes = [...new Set(graph.mapNodes((node) => truthOf(node)))].sort()
// The generated graph has no validation nodes of its own: every fifth test node becomes one.
const outside = nodesOf('test')
const isValidation = (_: string, at: number): boolean => at % 5 === 0
const validationNodes = cora === null ? outside.filter(isValidation) : nodesOf('val')
const test = cora === null ? outside.filter((node, at) => !isValidation(node, at)) : outside
const validation = validationNodes.map((node) => [node, truthOf(node)] as const)
print(`  ${name}: ${count(graph.order)} nodes, ${count(graph.size)} edges, ${classes.length} classes`)
print(`  ${count(validation.length)} nodes validate rounds; ${count(test.length)} test nodes are scored`)

/** Four draws of three labels a class: disjoint slices of the train nodes. */
const candidates = classes.map((label) => nodesOf('train').filter((node) => truthOf(node) === label))
const draws = [0, 1, 2, 3].map((draw) =>
  candidates.flatMap((nodes) => nodes.slice(3 * draw, 3 * draw + 3)).map((node) => [node, truthOf(node)] as const),
)

const shares = Object.fromEntries(
  classes.map((label) => [label, validation.filter(([, value]) => value === label).length]),
)
const accuracyOf = (labels: ReadonlyMap<string, unknown>): number =>
  test.filter((node) => labels.get(node) === truthOf(node)).length / test.length
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

cell(
  'Which method?',
  'Mean accuracy over four draws, with the worst and the best; class sizes are those of the validation nodes.',
)
// Finer than this changes hardly a decision, and takes three times as long.
const tolerance = 1e-3
const poisson = { method: 'poisson-learning', tolerance } as const
const methods: Record<string, Omit<InferLabelsOptions, 'seeds'>> = {
  'label propagation': { method: 'label-propagation', tolerance },
  'label spreading': { method: 'label-spreading', tolerance },
  'Poisson learning': poisson,
  'Poisson, class masses': { ...poisson, classPrior: shares },
  'Poisson, class volumes': { ...poisson, classPrior: shares, decisionRule: 'volume' },
}
printTable([
  ['method', 'accuracy', ''],
  ...Object.entries(methods).map(([label, options]) => {
    const accuracies = draws.map((seeds) => accuracyOf(inferLabels(graph, { ...options, seeds })))
    const range = `${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))}`
    return [label, `${percent(mean(accuracies))} (${range})`, bar(mean(accuracies), 1, 30)]
  }),
])
const { method, reason } = inferLabels.detailed(graph, { seeds: draws[0] })
print(`  Left to itself, inferLabels takes ${method}: ${reason}.`)

cell('Does it learn from its own answers?', 'Self-training, its rounds validated.')
const trained = Object.entries(methods).map(([label, options]) => {
  const runs = draws.map((seeds) => selfTraining.detailed(graph, { ...options, seeds, validation }))
  const alone = draws.map((seeds) => accuracyOf(inferLabels(graph, { ...options, seeds })))
  const after = runs.map(({ nodes, labels }) =>
    accuracyOf(new Map(test.map((node) => [node, labels[nodes.rowOf(node)]]))),
  )
  return { label, runs, alone: mean(alone), after: mean(after) }
})
printTable([
  ['method', 'alone', 'self-trained', 'decided for it'],
  ...trained.map(({ label, runs, alone, after }) => [
    label,
    percent(alone),
    percent(after),
    `${runs.filter(({ decision }) => decision === 'semi-supervised').length} of ${runs.length}`,
  ]),
])
const [first] = trained[1].runs
print(`  Label spreading on the first draw: ${first.decision}; ${first.decisionReason}.`)

cell(
  'What did it learn, and when?',
  'The first draw: accuracy on the validation nodes and pseudo-labels, round by round.',
)
printTable([
  ['round', 'validation accuracy', 'pseudo-labels', 'new or relabelled'],
  ...first.rounds.map(({ round, accuracy, pseudoLabels, added }) => [
    String(round),
    percent(accuracy ?? 0),
    count(pseudoLabels),
    count(added),
  ]),
])
const { calibrator } = first
print(`  Calibrated by ${calibrator?.method ?? 'nothing'}: ${calibrator?.reason ?? ''}.`)
const [surest] = [...first.record].sort((a, b) => b.confidence - a.confidence)
print(
  `  The surest addition: node ${surest.node} as ${surest.label} in round ${surest.round}, confidence ${surest.confidence.toFixed(2)}, weight ${surest.weight.toFixed(3)}, ${surest.reason}.`,
)

cell(
  'And if its answers were wrong?',
  'Poisson learning; a share of the pseudo-labels is flipped; unguarded: full weight, no validation.',
)
const placeOf = new Map(graph.nodes().map((node, place) => [node, place]))
/** Flips the labels of a share of the nodes, the same ones in every round. */
const flip =
  (share: number) =>
  (pseudoLabels: readonly PseudoLabel[]): PseudoLabel[] =>
    pseudoLabels.map((one) => {
      const isFlipped = ((placeOf.get(one.node) ?? 0) * 7919) % 100 < 100 * share
      const next = (classes.indexOf(String(one.label)) + 1) % classes.length
      return isFlipped ? { ...one, label: classes[next] } : one
    })
const flipped = [0, 0.15, 0.3, 0.45]
const guards = { unguarded: { validation: 0, lambda: Infinity }, guarded: { validation } }
const curves = Object.entries(guards).map(([label, options]) => {
  const byShare = flipped.map((share) =>
    draws.map((seeds) => {
      const own = { ...poisson, ...options, seeds, review: flip(share) }
      return accuracyOf(selfTraining(graph, own))
    }),
  )
  return {
    name: label,
    mean: byShare.map(mean),
    low: byShare.map((accuracies) => Math.min(...accuracies)),
    high: byShare.map((accuracies) => Math.max(...accuracies)),
  }
})
const without = trained[2].alone
printTable([
  ['flipped', ...curves.map(({ name: label }) => label), 'no self-training'],
  ...flipped.map((share, at) => [percent(share), ...curves.map((curve) => percent(curve.mean[at])), percent(without)]),
])

await writeDrawing(
  `three-labels-per-class-${cora === null ? 'generated' : 'cora'}.svg`,
  lineChart({
    title: `Self-training with flipped pseudo-labels: ${name}`,
    subtitle: 'Poisson learning from three labels a class; mean of four draws, band from worst to best',
    xName: 'share of pseudo-labels flipped, %',
    xs: flipped.map((share) => 100 * share),
    series: curves,
  }),
)
