import { define, jsonFlag } from './command.ts'
import { needed, text } from './flags.ts'
import { outFlags, outWriter } from './out-file.ts'
import { READING_FLAGS, readTable } from './source.ts'
import { count } from './table.ts'
import { interactionRows, interactionsOf } from './table-rows.ts'

const { out, spreadsheetSafe } = outFlags('file to write')

export const CONVERT = define({
  name: 'convert',
  what: 'convert interactions to plain columns: user, item, value, signal, time in seconds',
  flags: {
    out: needed(text(out.form, out.help)),
    spreadsheetSafe,
    json: jsonFlag('out, rows, users, items'),
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const write = await outWriter(given, stage)
    const table = await readTable(file, given, stage)
    await write?.(interactionsOf(table), interactionRows(table))
    stage.remark([`${count(table.length)} interactions -> ${given.out}`])
    const [users, items] = [table.users.size, table.items.size]
    await stage.show(() => ({ out: given.out, rows: table.length, users, items, elapsedMs: stage.elapsedMs() }))
  },
})
