import {
  inferLabels,
  labelPropagation,
  labelSpreading,
  poissonLearning,
  type CallOptions,
  type Labelling,
  type LabelSpreadingOptions,
} from '../index.ts'
import { define, jsonFlag } from './command.ts'
import type { Stage } from './stage.ts'
import { tableWriter } from './database.ts'
import { choice, chosen, libraryFlags, needed, text, value, withFallback } from './flags.ts'
import { readOptionsArgument } from './json-argument.ts'
import {
  countClasses,
  NODE_FLAGS,
  nodesOf,
  readNodes,
  readSeeds,
  requireKinds,
  requireTwoKinds,
  UNKNOWN_SEEDS_FLAG,
} from './nodes.ts'
import { makeInto, outFlags, outWriter, type Destination } from './out-file.ts'
import { ENGINE_FLAGS, READING_FLAGS } from './source.ts'
import { count, tableLines } from './table.ts'
import { withProgress } from './terminal.ts'

const LABELLERS = { labelSpreading, labelPropagation, poissonLearning, inferLabels }
const LABELLER_NAMES = Object.keys(LABELLERS) as (keyof typeof LABELLERS)[]

const OWN_FLAGS = libraryFlags('labelSpreading', ['alpha', 'tolerance', 'maxIterations'])

export const LABEL = define({
  name: 'label',
  what: 'label all nodes of a graph from some labelled nodes',
  file: ['<file...>', 'edges: two columns of ids, and a weight with --weighted; or a graph (GEXF, GraphML, JSON)'],
  flags: {
    seeds: needed(text('<file>', 'labelled nodes: node and label in the first two columns')),
    method: withFallback(choice('<name>', 'method that spreads the labels', LABELLER_NAMES), 'labelSpreading'),
    unknown: UNKNOWN_SEEDS_FLAG,
    ...NODE_FLAGS,
    ...outFlags(),
    json: jsonFlag('method, options, classes, labels, converged ...'),
    options: value(
      '<options>',
      'further options of the method: JSON, or a JSON file',
      readOptionsArgument<Omit<LabelSpreadingOptions, 'seeds'>>,
    ),
    ...OWN_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { method, out } = given
    const write = await outWriter(given, stage)
    const options = { ...given.options, ...chosen(given, OWN_FLAGS) }
    LABELLERS[method].resolve({ ...options, seeds: [] })
    const nodes = await readNodes(file, given, stage)
    const seeds = await readSeeds(given.seeds, nodes, given, stage)
    await using engine = await nodes.open()
    const asking = (watch: CallOptions): Promise<Labelling> => engine[method]({ ...options, seeds }, watch)
    const make = () => withProgress('Spreading', stage, asking, 'blocks')
    await tell(make, seeds.size, { method, options }, { write, out }, stage)
  },
  inDatabase: {
    flags: [
      ...([
        'seeds',
        'method',
        'unknown',
        'nodes',
        'out',
        'spreadsheetSafe',
        'options',
        'memoryLimit',
        'weighted',
        'signals',
      ] as const),
      ...(['encoding', 'alpha', 'tolerance', 'maxIterations'] as const),
    ],
    writes: true,
    async run(database, given, stage) {
      const { method, out, to } = given
      if (method !== 'labelSpreading') stage.refuse(`--method ${method}: only labelSpreading runs in a database`)
      requireTwoKinds(given, stage)
      const writeFile = await outWriter(given, stage)
      const options = { ...given.options, ...chosen(given, OWN_FLAGS) }
      labelSpreading.resolve({ ...options, seeds: [] })
      if (given.dryRun) {
        const columns = await countClasses(given.seeds, given, stage)
        const among =
          "whether or not their nodes are in the table; a header counts as a label unless it is named 'label'"
        await stage.print(`-- ${count(columns)} different labels in ${given.seeds}, ${among}\n`)
        return database.showPlan({ columns })
      }
      await using engine = await database.connect()
      requireKinds(engine, given, stage)
      const seeds = await readSeeds(given.seeds, nodesOf(engine), given, stage)
      const asking = (watch: CallOptions) => engine.labelSpreading({ ...options, seeds }, watch)
      const make = () => withProgress('Spreading', stage, asking, 'steps')
      const write = to === undefined ? writeFile : tableWriter(engine, to, stage)
      await tell(make, seeds.size, { method, options }, { write, out, to }, stage)
    },
  },
})

async function tell(
  make: () => Promise<Labelling>,
  seeds: number,
  asked: object,
  destination: Destination,
  stage: Stage,
): Promise<void> {
  const { write, ...where } = destination
  const labelling = await makeInto(destination, make, labelled, LABEL_ROWS)
  const { nodes, classes, iterations, residual, converged } = labelling
  stage.remark([
    `${count(nodes.size)} nodes, ${count(seeds)} labelled, ${count(classes.length)} ${classes.length === 1 ? 'class' : 'classes'}`,
    ...(converged ? [] : [`note: not converged, residual ${residual.toPrecision(2)}; raise --max-iterations`]),
  ])
  if (write !== undefined) stage.remark([`${count(nodes.size)} labels -> ${where.out ?? where.to}`])
  const labels = () => (write === undefined ? { labels: [...labelled(labelling)] } : where)
  await stage.show(
    () => ({ ...asked, classes, iterations, residual, converged, ...labels(), elapsedMs: stage.elapsedMs() }),
    () => (write === undefined ? labelLines(labelling) : []),
  )
}

interface LabelledNode {
  readonly node: string
  readonly label: string | number
  readonly confidence: number
  readonly reached: boolean
}

const LABEL_ROWS = {
  columns: { node: 'text', label: 'text', confidence: 'float32', reached: 'int32' } as const,
  of: ({ node, label, confidence, reached }: LabelledNode) => [[node, label, confidence, reached ? 1 : 0]],
}

function* labelled({ nodes, labels, confidence, reached }: Labelling): Generator<LabelledNode, void, undefined> {
  let at = 0
  for (const node of nodes.keys()) {
    yield { node, label: labels[at], confidence: confidence[at], reached: reached[at] === 1 }
    at++
  }
}

function labelLines(labelling: Labelling): string[] {
  const rows = Array.from(labelled(labelling), ({ node, label, confidence, reached }) => [
    node,
    String(label),
    confidence.toFixed(3),
    reached ? '' : 'prior',
  ])
  const unreached = rows.some(([, , , prior]) => prior !== '')
  return [
    ...tableLines(['node', 'label', 'share', ''], rows, ['left', 'left', 'right', 'left']),
    ...(unreached
      ? ['', 'prior: no labelled node is connected to this node; its shares are those of the classes.']
      : []),
  ]
}
