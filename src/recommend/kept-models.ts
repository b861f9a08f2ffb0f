/**
 * Models of one network: the one that is asked, and those that were asked before, for calls in turn with others. An algorithm has the network to itself while
 * it runs, so that no two make a model at once.
 */
import type { MemoryBudget } from '../memory/budget.ts'
import type { Model } from './methods/model.ts'
import type { RecommenderRequest } from './request.ts'

type Request = Pick<RecommenderRequest, 'who' | 'method' | 'methodOptions' | 'embedding' | 'recent'>

interface Kept extends Pick<RecommenderRequest, 'embedding'> {
  readonly key: string
  readonly model: Model
}

interface Idle extends Kept {
  readonly bytes: number
  /** Counts it no more. */
  leave: () => void
}

/** Beside the one that is asked: more calls at a time are rare, and a search asks each once. */
const MOST_IDLE = 3

export class KeptModels {
  readonly #budget: MemoryBudget
  #asked: Kept | null = null
  /** The one that was asked last comes last. */
  readonly #idle = new Set<Idle>()

  constructor(budget: MemoryBudget) {
    this.#budget = budget
  }

  /** The model of a request, if it is there. */
  find(request: Request): Model | null {
    const all = [this.#asked, ...this.#idle]
    return all.find((kept) => kept !== null && isOf(kept, request))?.model ?? null
  }

  /** The same, which counts as the network's model from now on; otherwise none does, and there is room for another. @throws {RivuletError} MEMORY_LIMIT */
  take(request: Request): Model | null {
    if (this.#asked !== null && isOf(this.#asked, request)) return this.#asked.model
    this.#lay()
    const found = [...this.#idle].find((kept) => isOf(kept, request))
    if (found === undefined) return null
    this.#drop(found)
    const [what, todo] = ['a model that was kept', 'Raise memoryLimitBytes.']
    this.#budget.take({ who: request.who, what, parts: { model: found.bytes }, todo })
    this.#asked = found
    return found.model
  }

  /** What was made because there was none. */
  add(request: Request, model: Model): void {
    this.#asked = { key: keyOf(request), embedding: request.embedding, model }
  }

  /** Caches the requested model as long as its memory is not needed. Memory of a cancelled computation is released. */
  #lay(): void {
    const { model: bytes = 0 } = this.#budget.parts
    this.#budget.clear('model')
    if (this.#asked === null) return
    const kept: Idle = { ...this.#asked, leave: () => undefined, bytes }
    this.#asked = null
    this.#idle.add(kept)
    // Which may give it up at once.
    kept.leave = this.#budget.keep(bytes, () => this.#idle.delete(kept))
    const [oldest] = this.#idle
    if (this.#idle.size > MOST_IDLE) this.#drop(oldest)
  }

  #drop(kept: Idle): void {
    this.#idle.delete(kept)
    kept.leave()
  }
}

const isOf = (kept: Kept, request: Request): boolean =>
  kept.key === keyOf(request) && kept.embedding === request.embedding

const keyOf = ({ method, methodOptions, recent }: Request): string => JSON.stringify([method, methodOptions, recent])
