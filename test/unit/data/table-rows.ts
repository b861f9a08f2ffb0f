import type { Interactions } from '../../../src/data/interactions.ts'

/** A table as plain rows [user, item, signal, value, time], for comparing what tables say rather than how they store it. */
export function tableRows(table: Interactions): [string, string, string, number | null, number | null][] {
  return Array.from({ length: table.length }, (_, row) => [
    table.users.keyOf(table.user[row]),
    table.items.keyOf(table.item[row]),
    table.signals[table.signal?.[row] ?? 0],
    table.value?.[row] ?? null,
    table.time?.[row] ?? null,
  ])
}
