// The SIMD twin of ../../kernels.ts, compiled by ../build.ts. Every loop takes start and end, then the fields that ../load.ts lists, in that order.

export { largestProducts } from './largest-products'
export { crossProducts, multiplyDense, multiplyPlain, multiplySparse, normal } from './products'
export { subtractDense } from './subtract-dense'
export { offerMet, offerSums, sumLists } from './list-sums'
export { addLists, offerItems } from './offered-items'
export { addPacked, offerLongest, offerMarked } from './served-items'
export { add, combine, scaleRows } from './recurrence'
export { sortTop, topK } from './top-k'
export { addEdges, pairRows } from './training-edges'
export { adam, noisyRows, takeRows, throughLength, transpose, unitRows } from './training-rows'
export { excludeKnown, excludeSame, rankingRows, softmaxRows } from './training-scores'
