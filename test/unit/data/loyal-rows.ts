import { fromColumns, type Interactions } from '../../../src/index.ts'
import { seededRandom } from '../../../src/support/random.ts'

const CIRCLES = 10
const ITEMS_OF_CIRCLE = 30

/**
 * Rows one after the other in time: first all take items of their own circle, or a share of `before` of them, later a share of `loyalty`; the others take what is popular anywhere.
 */
export function loyalTable(loyalty: number, { rows = 4000, until = 0.9, before = 1 } = {}): Interactions {
  const random = seededRandom(6)
  const columns = { user: [] as string[], item: [] as string[], time: new Float64Array(rows) }
  for (let row = 0; row < rows; row++) {
    const user = random.below(rows / 20)
    const place = Math.floor(ITEMS_OF_CIRCLE * random.next() ** 2)
    const share = row < until * rows ? before : loyalty
    const circle = share === 1 || random.next() < share ? user % CIRCLES : random.below(CIRCLES)
    columns.user.push(`u${user}`)
    columns.item.push(`i${place}-${circle}`)
    columns.time[row] = row
  }
  return fromColumns(columns)
}
