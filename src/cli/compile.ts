import { OPTIONS } from '../advanced.ts'
import { writeCompiled } from '../index.ts'
import { readNeighbours, readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import { tellExpectation } from './expectation.ts'
import { needed, text, value } from './flags.ts'
import { askQuestion, METHOD_FLAGS } from './question.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import { count } from './table.ts'
import { withProgress } from './terminal.ts'

export const COMPILE = define({
  name: 'compile',
  what: 'bake a method into a file from which `recommend --model` serves',
  flags: {
    out: needed(text('<file>', 'where to; packed when the name ends in .gz; whole or not at all')),
    entriesPerItem: value(
      '<n>',
      "most entries kept of each item, or 'all' (default: 200, or the method's neighbours where those are more)",
      readNeighbours,
    ),
    head: value(
      '<n>',
      'eigenvectors of the graph that are kept as they are, 0 for none (default: 128 to 256 for large graphs, otherwise 0)',
      readNumber,
    ),
    json: jsonFlag('method, options, entriesPerItem, head, items, bytes, fingerprint, out, elapsedMs'),
    ...METHOD_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out, head: eigenvectors, entriesPerItem: most } = given
    const { list } = await askQuestion('compile', given, OPTIONS.compile)
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, given, stage)
    const asked = { ...list, head: eigenvectors, entriesPerItem: most === 'all' ? table.items.size : most }
    const seconds = tellExpectation(engine, list, stage, 'compile')
    const compiled = await withProgress('Compiling', stage, (watch) => engine.compile(asked, watch), 'items', seconds)
    await writeCompiled(out, compiled)
    const { method, options, entriesPerItem, head, bytes, fingerprint, items } = compiled
    const facts = { method, options, entriesPerItem, head, items: items.size, bytes, fingerprint }
    stage.remark([`${count(items.size)} items, ${count(bytes)} bytes -> ${out}`])
    await stage.show(() => ({ ...facts, out, elapsedMs: stage.elapsedMs() }))
  },
})
