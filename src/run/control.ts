import type { KernelName } from '../kernel/kernel.ts'
import type { Section } from '../memory/layout.ts'

/** Words of the control section, through which main thread and workers communicate while a job runs. */
const STOP = 0
const ARRIVED = 1
const GENERATION = 2
const NEXT_BLOCK = 3
const BLOCKS_DONE = 4
const BEATS = 5
/** Two alternating counters: one counts while the other is reset. */
const NEXT_WINDOW = [6, 7] as const

/** States of a block. */
const DONE = 1

/** How long a member sleeps at a barrier before it checks the stop word again, in milliseconds. */
const WAIT_MS = 200
/** Spins at the barrier before sleeping: the halves of a sweep end almost together. */
const SPINS = 2000

/** Facts about a job that a pool needs, for any kind of job. */
export interface JobHead {
  /** Who asked, for messages. */
  readonly name: string
  readonly threads: number
  /** Parts counted by progress. */
  readonly blocks: number
  readonly kernel: KernelName
  readonly control: Section
  readonly blockState: Section
}

/** One thread's place in a job. */
export interface Member {
  readonly index: number
  readonly count: number
}

/** The control section of a running job: stop word, barrier, work counters, heartbeat. */
export class Control {
  readonly #words: Int32Array
  readonly #blockState: Int32Array

  constructor(words: Int32Array, blockState: Int32Array) {
    this.#words = words
    this.#blockState = blockState
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1)
    Atomics.notify(this.#words, GENERATION)
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1
  }

  /** Resets a stopped job so that it continues with the unfinished blocks. */
  restart(): void {
    for (const word of [STOP, ARRIVED, NEXT_BLOCK, ...NEXT_WINDOW]) Atomics.store(this.#words, word, 0)
  }

  /** Waits for all members of the team. @returns false when the job was stopped. */
  barrier(members: number): boolean {
    if (members === 1) return !this.stopped
    const words = this.#words
    const generation = Atomics.load(words, GENERATION)
    if (Atomics.add(words, ARRIVED, 1) === members - 1) {
      Atomics.store(words, ARRIVED, 0)
      Atomics.add(words, GENERATION, 1)
      Atomics.notify(words, GENERATION)
      return !this.stopped
    }
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, GENERATION) !== generation) return !this.stopped
    while (Atomics.load(words, GENERATION) === generation) {
      if (this.stopped) return false
      Atomics.wait(words, GENERATION, generation, WAIT_MS)
    }
    return !this.stopped
  }

  /** The next unfinished block that no member has taken, or -1. */
  claimBlock(blocks: number): number {
    for (;;) {
      const block = Atomics.add(this.#words, NEXT_BLOCK, 1)
      if (block >= blocks) return -1
      if (!this.isDone(block)) return block
    }
  }

  isDone(block: number): boolean {
    return Atomics.load(this.#blockState, block) === DONE
  }

  markDone(block: number): void {
    Atomics.store(this.#blockState, block, DONE)
    Atomics.add(this.#words, BLOCKS_DONE, 1)
  }

  get blocksDone(): number {
    return Atomics.load(this.#words, BLOCKS_DONE)
  }

  claimWindow(turn: number): number {
    return Atomics.add(this.#words, NEXT_WINDOW[turn & 1], 1)
  }

  resetWindows(turn: number): void {
    Atomics.store(this.#words, NEXT_WINDOW[turn & 1], 0)
  }

  /** Heartbeat, once per row window. */
  beat(): void {
    Atomics.add(this.#words, BEATS, 1)
  }

  get beats(): number {
    return Atomics.load(this.#words, BEATS)
  }
}
