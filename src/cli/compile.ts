import { OPTIONS } from '../advanced.ts'
import { writeCompiled, type CallOptions, type CompiledRecommender } from '../index.ts'
import { readNeighbours, readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import { tellExpectation } from './expectation.ts'
import type { Database } from './database.ts'
import { onlyGiven, text, value } from './flags.ts'
import { requireCounted } from './list-sources.ts'
import { requireOut } from './out-file.ts'
import { askQuestion, METHOD_FLAGS, type Question } from './question.ts'
import { readRelationFiles, RELATION_FLAGS } from './relation-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import type { Stage } from './stage.ts'
import { count } from './table.ts'
import { withProgress } from './terminal.ts'

export const COMPILE = define({
  name: 'compile',
  what: 'compile a method into a file that `recommend --model` serves from',
  flags: {
    out: text('<file>', 'file to write, compressed if its name ends in .gz; written completely or not at all'),
    entriesPerItem: value(
      '<n>',
      "entries kept per item, at most, or 'all' (default: 200, or the neighbours of the method if larger)",
      readNeighbours,
    ),
    head: value(
      '<n>',
      'eigenvectors of the graph to keep, 0 for none (default: 128 to 256 for large graphs, otherwise 0)',
      readNumber,
    ),
    json: jsonFlag('method, options, entriesPerItem, head, relations, items, bytes, fingerprint, out, elapsedMs'),
    ...RELATION_FLAGS,
    ...METHOD_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { head: eigenvectors, entriesPerItem: most } = given
    const out = requireOut(given.out, stage)
    const { list } = await askQuestion('compile', given, OPTIONS.compile)
    const relations = await readRelationFiles(given, stage)
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, { ...given, relations }, stage)
    const asked = { ...list, head: eigenvectors, entriesPerItem: most === 'all' ? table.items.size : most }
    const seconds = tellExpectation(engine, list, stage, 'compile')
    const compiled = await withProgress('Compiling', stage, (watch) => engine.compile(asked, watch), 'items', seconds)
    await keep(compiled, out, stage)
  },
  inDatabase: {
    flags: [
      ...(['out', 'entriesPerItem', 'memoryLimit', 'method', 'options', 'alpha', 'itemAlpha', 'neighbours'] as const),
      ...(['beta', 'neighboursOf', 'shrink', 'weighted', 'signals'] as const),
    ],
    writes: true,
    async run(database, given, stage) {
      const { to, entriesPerItem: most } = given
      if (to !== undefined && most !== undefined)
        stage.refuse('--entries-per-item requires --out: a table holds all --neighbours')
      const question = await askQuestion('compile', given, OPTIONS.compile)
      const neighbours = requireCounted(question, stage)
      if (given.dryRun) return database.showPlan({ neighbours, ...(to !== undefined && { stays: true }) })
      if (to !== undefined) return keepInTable(database, to, question, stage)
      const out = requireOut(given.out, stage)
      await using engine = await database.connect()
      const asked = { ...question.list, ...onlyGiven({ entriesPerItem: most === 'all' ? engine.items.size : most }) }
      const compiled = await withProgress('Compiling', stage, (watch) => engine.compile(asked, watch), 'items')
      await keep(compiled, out, stage)
    },
  },
})

/** Writes neighbours of items to a table in the database. */
async function keepInTable(
  database: Database,
  to: string,
  { list, method, options }: Question,
  stage: Stage,
): Promise<void> {
  await using engine = await database.connect()
  const writing = (watch: CallOptions) => engine.neighboursInto(to, list, watch)
  const { entries } = await withProgress('Counting', stage, writing, 'items')
  stage.remark([`${count(engine.items.size)} items, ${count(entries)} neighbours -> ${to}`])
  await stage.show(() => ({ method, options, items: engine.items.size, entries, to, elapsedMs: stage.elapsedMs() }))
}

async function keep(compiled: CompiledRecommender, out: string, stage: Stage): Promise<void> {
  await writeCompiled(out, compiled)
  const { method, options, entriesPerItem, head, relations, bytes, fingerprint, items } = compiled
  const facts = { method, options, entriesPerItem, head, relations, items: items.size, bytes, fingerprint }
  stage.remark([`${count(items.size)} items, ${count(bytes)} bytes -> ${out}`])
  await stage.show(() => ({ ...facts, out, elapsedMs: stage.elapsedMs() }))
}
