/**
 * Connected components of the pairs in a table. In each round a query returns, for every item, the lowest and the highest component among the items of its users, and these are
 * merged (Borůvka 1926). Every component with a neighbour at least doubles in size per round, whatever the diameter: O(log items) queries over all pairs.
 */
import { join, rootOf } from '../matrix/components.ts'

/** The lowest and highest component next to each item, from 1; 0 for an item without ties. Shape (items). */
export interface Extremes {
  readonly least: Float64Array
  readonly most: Float64Array
}

/**
 * @param ask receives the component of each item, from 1, and returns the extremes next to each item
 * @returns the component of each item, from 1
 */
export async function itemComponents(
  items: number,
  ask: (components: Float64Array) => Promise<Extremes>,
): Promise<Float64Array> {
  const parent = Int32Array.from({ length: items }, (_, item) => item)
  for (;;) {
    const components = Float64Array.from(parent, (_, item) => rootOf(parent, item) + 1)
    const { least, most } = await ask(components)
    let joined = false
    for (let item = 0; item < items; item++) {
      if (least[item] === 0 || least[item] === most[item]) continue
      join(parent, item, least[item] - 1)
      join(parent, item, most[item] - 1)
      joined = true
    }
    if (!joined) return components
  }
}
