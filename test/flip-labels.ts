import { seededRandom } from '../src/support/random.ts'

/** Where a wrong label points: to any other class alike, or always to one, as a popular class draws mistakes. */
export type Flip = 'any' | 'one'

/**
 * Labels of which a share is wrong: exactly round(share x labels) of those drawn, each with another class than it had. `'one'` makes them the first
 * class (those that are of it the second). The same seed flips the same.
 *
 * @param share in [0, 1]
 * @param classes at least two, distinct
 */
export function flipLabels<L>(
  labels: readonly L[],
  classes: readonly L[],
  share: number,
  seed: number,
  flip: Flip = 'any',
): L[] {
  const random = seededRandom(seed)
  const wrong = random.shuffle(Array.from(labels.keys())).slice(0, Math.round(share * labels.length))
  const flipped = [...labels]
  for (const at of wrong) {
    const others = classes.filter((label) => label !== labels[at])
    flipped[at] = others[flip === 'one' ? 0 : random.below(others.length)]
  }
  return flipped
}
