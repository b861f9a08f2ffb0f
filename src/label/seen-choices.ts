import type { PseudoLabels } from './pseudo-labels.ts'

/** How many rounds back a choice is remembered. */
const MEMORY = 8

/** Single precision tells weights apart no better. */
const LEAST_DIFFERENCE = 1e-6

/** The choices of the rounds before: a round is decided by its choice alone, so one that comes again brings back all that followed it. */
export class SeenChoices {
  readonly #tolerance: number
  /** Latest last; round 0 chose nothing. */
  #choices: (PseudoLabels | null)[] = [null]

  /** @param tolerance of the weights, relative; labels are known no better than the spread that found them */
  constructor(tolerance: number) {
    this.#tolerance = Math.max(tolerance, LEAST_DIFFERENCE)
  }

  /** How many rounds ago the same was chosen, 1 for the round before; null where it was not, or longer ago than 8 rounds. */
  roundsSince(chosen: PseudoLabels): number | null {
    const at = this.#choices.findLastIndex((seen) => isSameChoice(seen, chosen, this.#tolerance))
    return at < 0 ? null : this.#choices.length - at
  }

  add(chosen: PseudoLabels): void {
    this.#choices = [...this.#choices.slice(1 - MEMORY), chosen]
  }
}

function isSameChoice(
  before: PseudoLabels | null,
  { nodes, columns, weights }: PseudoLabels,
  tolerance: number,
): boolean {
  if (nodes.length !== (before?.nodes.length ?? 0)) return false
  if (before === null) return true
  return nodes.every(
    (node, place) =>
      node === before.nodes[place] &&
      columns[place] === before.columns[place] &&
      Math.abs(weights[place] - before.weights[place]) <= tolerance * before.weights[place],
  )
}
