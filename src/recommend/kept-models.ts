/**
 * Models of one network: the current one, and earlier ones, for calls with alternating models. An algorithm has exclusive use of the network while
 * it runs, so two models are never made at once.
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
  /** Removes it from the memory budget. */
  leave: () => void
}

/** In addition to the current one: alternating between more models is rare, and a search uses each once. */
const MOST_IDLE = 3

export class KeptModels {
  readonly #budget: MemoryBudget
  #asked: Kept | null = null
  /** The most recently used one is last. */
  readonly #idle = new Set<Idle>()

  constructor(budget: MemoryBudget) {
    this.#budget = budget
  }

  /** The model of a request, or `null` if it is not kept. */
  find(request: Request): Model | null {
    const all = [this.#asked, ...this.#idle]
    return all.find((kept) => kept !== null && isOf(kept, request))?.model ?? null
  }

  /** As `find`, and makes it the network's current model; if it is not kept, there is no current model and its memory is released for another. @throws {RivuletError} MEMORY_LIMIT */
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

  /** Adds a new model as the current one. */
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
    // The budget may evict it at once.
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
