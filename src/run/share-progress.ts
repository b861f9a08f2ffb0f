import type { Share } from '../request/request.ts'
import type { Progress, Watch } from './protocol.ts'

/** How work is watched that may be a share: then the share hears of all problems. */
export interface SharedWatch extends Watch {
  readonly share?: ShareProgress
}

/** What is told of a problem. */
export interface ProblemProgress extends Progress {
  /** Of its plan. */
  readonly cost: number | null
  /** Whether it has to be known first. */
  readonly preliminary: boolean
}

/**
 * How the problems of a share count as its own progress. Where costs are expected each counts by its own: first those that are preliminary, then the others; what costs
 * more than was expected waits at the end of its part. Otherwise the blocks of problems that are not preliminary count, and those of the furthest.
 */
export class ShareProgress {
  readonly #share: Share
  readonly #onProgress: (progress: Progress) => void
  /** Costs of problems that are done. */
  readonly #spent = { making: 0, ranking: 0 }
  /** How much of the share, in [0, 1]. */
  #most = 0

  constructor(share: Share, onProgress: (progress: Progress) => void) {
    this.#share = share
    this.#onProgress = onProgress
  }

  tell({ cost, preliminary, done, total }: ProblemProgress): void {
    const { from, to, of, costs } = this.#share
    const part = total === 0 ? 1 : done / total
    if (costs === undefined) {
      if (preliminary) return
      this.#most = Math.max(this.#most, part)
    } else {
      const kind = preliminary ? 'making' : 'ranking'
      const spent = { ...this.#spent, [kind]: this.#spent[kind] + part * (cost ?? 0) }
      // Nothing is preliminary any more.
      const making = preliminary ? Math.min(spent.making, costs.making) : costs.making
      const all = costs.making + costs.ranking
      const reached = all === 0 ? 0 : (making + Math.min(spent.ranking, costs.ranking)) / all
      this.#most = Math.max(this.#most, reached)
      if (done === total) this.#spent[kind] = spent[kind]
    }
    this.#onProgress({ done: from + Math.floor((to - from) * this.#most), total: of })
  }
}
