import { writeCompiled } from '../index.ts'
import { define, jsonFlag } from './command.ts'
import { needed, text } from './flags.ts'
import { askQuestion, METHOD_FLAGS } from './question.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import { count } from './table.ts'
import { withProgress } from './terminal.ts'

export const COMPILE = define({
  name: 'compile',
  what: 'bake a method into a file from which `recommend --model` serves',
  flags: {
    out: needed(text('<file>', 'where to; packed when the name ends in .gz; whole or not at all')),
    json: jsonFlag('method, options, neighbours, items, bytes, fingerprint, out, elapsedMs'),
    ...METHOD_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out, neighbours: kept } = given
    // Here any method keeps neighbours, so the method itself is not asked about them.
    const { list } = await askQuestion('compile', { ...given, neighbours: undefined })
    const table = await readTable(file, given, stage)
    await using engine = await openEngine(table, given, stage)
    const most = kept ?? list.neighbours
    const asked = { ...list, neighbours: most === 'all' || most === null ? table.items.size : most }
    const compiled = await withProgress('Compiling', stage, (watch) => engine.compile(asked, watch), 'items')
    await writeCompiled(out, compiled)
    const { method, options, neighbours, bytes, fingerprint, items } = compiled
    const facts = { method, options, neighbours, items: items.size, bytes, fingerprint }
    stage.remark([`${count(items.size)} items, ${count(bytes)} bytes -> ${out}`])
    await stage.show(() => ({ ...facts, out, elapsedMs: stage.elapsedMs() }))
  },
})
