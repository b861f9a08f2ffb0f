import { splitSessions, type Interactions } from '../../src/index.ts'
import { rowsWhere, takeRows } from '../../src/advanced.ts'
import type { TrainAndTest } from './splits.ts'

/** Pause that ends a visit, in seconds. */
const VISIT = 1800

/** What is left of the user whose purchase is held out: of her other rows, and of those of the pair, her purchase of it apart. */
export interface Protocol {
  readonly label: string
  /** 'all' keeps what she did later too; 'before' ends at the purchase, 'visits before' where the visit begins in which she bought. */
  readonly keeps: 'all' | 'before' | 'visits before'
  /** Whether it stays that she looked at the item, or put it into the cart. */
  readonly viewed: boolean
}

export const PROTOCOLS: readonly Protocol[] = [
  { label: 'its rows taken out, all others stay', keeps: 'all', viewed: false },
  { label: 'and nothing from the purchase on', keeps: 'before', viewed: false },
  { label: 'and nothing of that visit', keeps: 'visits before', viewed: false },
  { label: 'what was before the purchase', keeps: 'before', viewed: true },
  { label: 'earlier visits', keeps: 'visits before', viewed: true },
]

/** Holds out the last purchase of every user. */
export function holdOutLastPurchase(table: Interactions, { keeps, viewed }: Protocol): TrainAndTest {
  const { user, item, signal } = table
  const { last, isLater } = lastPurchases(table, keeps)
  const isPair = (row: number): boolean => item[row] === item[last[user[row]]]
  const isOut = (row: number): boolean =>
    (isPair(row) && (!viewed || signal?.[row] === buyOf(table))) || (keeps !== 'all' && isLater(row))
  return {
    train: takeRows(
      table,
      rowsWhere(table.length, (row) => last[user[row]] < 0 || !isOut(row)),
    ),
    test: takeRows(
      table,
      last.filter((row) => row >= 0),
    ),
  }
}

/** A table that ends for every user where her last purchase in it was made, or with the visit before. */
export function endWithLastPurchase(table: Interactions, keeps: 'before' | 'visits before'): Interactions {
  const { last, isLater } = lastPurchases(table, keeps)
  const isBasket = (row: number): boolean =>
    keeps === 'before' && timeOf(table, row) <= timeOf(table, last[table.user[row]])
  return takeRows(
    table,
    rowsWhere(table.length, (row) => last[table.user[row]] < 0 || !isLater(row) || isBasket(row)),
  )
}

const buyOf = ({ signals }: Interactions): number => signals.indexOf('buy')
const timeOf = ({ time }: Interactions, row: number): number => time?.[row] ?? 0

/** The row of each user's last purchase, -1 for none, and which rows are at that time or after it, or belong to its visit. */
function lastPurchases(
  table: Interactions,
  keeps: Protocol['keeps'],
): { readonly last: Int32Array; readonly isLater: (row: number) => boolean } {
  const { user, signal } = table
  const last = new Int32Array(table.users.size).fill(-1)
  const buy = buyOf(table)
  user.forEach((who, row) => {
    if (signal?.[row] !== buy) return
    if (last[who] < 0 || timeOf(table, row) >= timeOf(table, last[who])) last[who] = row
  })
  const visits = splitSessions(table, { gap: VISIT }).user
  const isLater = (row: number): boolean =>
    timeOf(table, row) >= timeOf(table, last[user[row]]) ||
    (keeps === 'visits before' && visits[row] === visits[last[user[row]]])
  return { last, isLater }
}
