import type { Memory } from '../memory/arena.ts'
import type { TrainingLoops } from './training.ts'
import { addEdges, pairRows, sumPlaces, sumRows } from './training-edges.ts'
import { multiply } from './training-product.ts'
import { adam, noisyRows, takeRows, throughLength, transpose, unitRows } from './training-rows.ts'
import { excludeKnown, excludeSame, rankingRows, softmaxRows } from './training-scores.ts'
import { viewsOf } from './training-views.ts'

/** The reference of the training loops, in TypeScript: `Math.fround` after every operation makes the bits equal to the SIMD kernel's. */
export function trainingLoops(memory: Memory): TrainingLoops {
  const views = viewsOf(memory)
  return {
    sumRows: (...given) => sumRows(views(), ...given),
    pairRows: (...given) => pairRows(views(), ...given),
    takeRows: (...given) => takeRows(views(), ...given),
    unitRows: (...given) => unitRows(views(), ...given),
    throughLength: (...given) => throughLength(views(), ...given),
    noisyRows: (...given) => noisyRows(views(), ...given),
    transpose: (...given) => transpose(views(), ...given),
    multiply: (...given) => multiply(views(), ...given),
    excludeKnown: (...given) => excludeKnown(views(), ...given),
    excludeSame: (...given) => excludeSame(views(), ...given),
    softmaxRows: (...given) => softmaxRows(views(), ...given),
    rankingRows: (...given) => rankingRows(views(), ...given),
    sumPlaces: (...given) => sumPlaces(views(), ...given),
    addEdges: (...given) => addEdges(views(), ...given),
    adam: (...given) => adam(views(), ...given),
  }
}
