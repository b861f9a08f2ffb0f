import type { Share } from '../request/request.ts'
import type { Progress, Watch } from './protocol.ts'

/** A watch of work that may be a share of a call; `share` then receives the progress of all its problems. */
export interface SharedWatch extends Watch {
  readonly share?: ShareProgress
}

/** Progress of one problem of a share. */
export interface ProblemProgress extends Progress {
  /** Expected cost by its plan. */
  readonly cost: number | null
  /** Whether the problem is part of the preparation. */
  readonly preliminary: boolean
}

/**
 * Progress of a share from that of its problems. If the share has expected costs, each problem counts by its cost, first the preliminary ones, then the others; a part that
 * exceeds its expected cost stays at its end. Otherwise the progress is that of the furthest problem that is not preliminary.
 */
export class ShareProgress {
  readonly #share: Share
  readonly #onProgress: (progress: Progress) => void
  /** Costs of problems that are done. */
  readonly #spent = { making: 0, ranking: 0 }
  /** Largest fraction of the share so far, in [0, 1]. */
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
      // With the first main problem the preparation is complete.
      const making = preliminary ? Math.min(spent.making, costs.making) : costs.making
      const all = costs.making + costs.ranking
      const reached = all === 0 ? 0 : (making + Math.min(spent.ranking, costs.ranking)) / all
      this.#most = Math.max(this.#most, reached)
      if (done === total) this.#spent[kind] = spent[kind]
    }
    this.#onProgress({ done: from + Math.floor((to - from) * this.#most), total: of })
  }
}
