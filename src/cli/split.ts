import { define, jsonFlag } from './command.ts'
import { choice, needed, text } from './flags.ts'
import { CUT_FLAGS, readSplits, SPLIT_NAMES } from './held-out.ts'
import { outFlags, outWriter } from './out-file.ts'
import { READING_FLAGS } from './source.ts'
import { count } from './table.ts'
import { interactionRows, interactionsOf } from './table-rows.ts'

const { out, spreadsheetSafe } = outFlags('training data')

export const SPLIT = define({
  name: 'split',
  what: 'split interactions into training data and held-out data',
  flags: {
    split: needed(choice('<how>', 'how to split the file', SPLIT_NAMES)),
    ...CUT_FLAGS,
    out: needed(text(out.form, out.help)),
    testOut: needed(text('<file>', 'held-out data, in the same format')),
    spreadsheetSafe,
    json: jsonFlag('split, train, test'),
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { testOut } = given
    if (given.out === testOut) stage.refuse('--out and --test-out are the same file: use different names')
    const writers = [await outWriter(given, stage), await outWriter({ ...given, out: testOut }, stage)]
    const asked = { ...given, train: undefined, test: undefined, folds: undefined, window: undefined }
    const [{ train, test }] = await readSplits(file, asked, stage)
    const parts = [
      { name: given.out, table: train },
      { name: testOut, table: test },
    ]
    for (const [at, { table }] of parts.entries()) await writers[at]?.(interactionsOf(table), interactionRows(table))
    stage.remark(parts.map(({ name, table }) => `${count(table.length)} interactions -> ${name}`))
    const [trained, tested] = parts.map(({ name, table }) => ({ out: name, rows: table.length }))
    await stage.show(() => ({ split: given.split, train: trained, test: tested, elapsedMs: stage.elapsedMs() }))
  },
})
