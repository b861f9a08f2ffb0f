/** A point of a search and its score. */
export interface Trial<Options> {
  readonly options: Options
  readonly score: number
}

/**
 * Tries the values of one option after the other, keeps the best, and goes round until a round brings nothing: no grid of all combinations.
 * A point is scored once, however often it comes by. Ties keep the point that was there before.
 *
 * @param start the first point, scored too
 * @returns every point that was scored, best first
 */
export async function coordinateSearch<Options extends object>(
  start: Options,
  values: Readonly<Record<string, readonly unknown[]>>,
  scoreOf: (options: Options) => Promise<number>,
): Promise<readonly Trial<Options>[]> {
  const trials = new Map<string, Trial<Options>>()
  const tryOut = async (options: Options): Promise<Trial<Options>> => {
    const key = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)))
    const trial = trials.get(key) ?? { options, score: await scoreOf(options) }
    trials.set(key, trial)
    return trial
  }
  let best = await tryOut(start)
  for (let before = -Infinity; best.score > before;) {
    before = best.score
    for (const [name, choices] of Object.entries(values)) {
      const from = best.options
      for (const choice of choices) {
        const trial = await tryOut({ ...from, [name]: choice })
        if (trial.score > best.score) best = trial
      }
    }
  }
  return [...trials.values()].sort((a, b) => b.score - a.score)
}
