const [FIRST_DECAY, SECOND_DECAY, LEAST] = [0.9, 0.999, 1e-8]

/** What steps depend on beside the gradient. */
export interface AdamState {
  /** Steps taken. */
  readonly steps: number
  /** Decaying mean of gradients, shape of the parameters. */
  readonly mean: Float32Array
  /** Decaying mean of squared gradients, shape of the parameters. */
  readonly square: Float32Array
}

/** Adam (Kingma and Ba 2015, arXiv 1412.6980): steps of about the learning rate whatever the gradient's size; entries that never had a gradient stay. */
export class AdamStep {
  readonly #learningRate: number
  readonly #mean: Float32Array
  readonly #square: Float32Array
  #steps: number

  /** @param from where an earlier run stopped; it is copied. Default: at the beginning. */
  constructor(length: number, learningRate: number, from: AdamState | null = null) {
    this.#learningRate = learningRate
    this.#mean = from?.mean.slice() ?? new Float32Array(length)
    this.#square = from?.square.slice() ?? new Float32Array(length)
    this.#steps = from?.steps ?? 0
  }

  /** A copy. */
  get state(): AdamState {
    return { steps: this.#steps, mean: this.#mean.slice(), square: this.#square.slice() }
  }

  /** Moves the parameters against the gradient, in place. */
  step(parameters: Float32Array, gradient: Float32Array): void {
    this.#steps++
    const [mean, square] = [this.#mean, this.#square]
    const first = 1 - FIRST_DECAY ** this.#steps
    const second = 1 - SECOND_DECAY ** this.#steps
    const rate = this.#learningRate / first
    for (let at = 0; at < parameters.length; at++) {
      const slope = gradient[at]
      mean[at] = FIRST_DECAY * mean[at] + (1 - FIRST_DECAY) * slope
      square[at] = SECOND_DECAY * square[at] + (1 - SECOND_DECAY) * slope * slope
      parameters[at] -= (rate * mean[at]) / (Math.sqrt(square[at] / second) + LEAST)
    }
  }
}
