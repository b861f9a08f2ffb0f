import type { Memory } from '../memory/arena.ts'

/** One memory, as what its elements are. Row ids are below 2^31, so that -1 can mean none. */
export interface TrainingViews {
  readonly floats: Float32Array
  readonly words: Int32Array
  readonly bytes: Uint8Array
}

/** The views of a memory that may grow: to be asked for at the door of every loop. */
export function viewsOf(memory: Memory): () => TrainingViews {
  const take = ({ buffer }: Memory): TrainingViews => ({
    floats: new Float32Array(buffer),
    words: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
  })
  let views = take(memory)
  return () => {
    if (views.floats.buffer !== memory.buffer) views = take(memory)
    return views
  }
}
