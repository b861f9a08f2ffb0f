// The SIMD twin of ../../spread.ts: the same operations in the same order per column, so the same bits.
// AssemblyScript, compiled by ../build.ts. Every pointer is a byte offset into the one imported memory.
// `T` says whether the matrix has weights: f32 weighted, i32 pattern only.

export { combineColumns, crossProducts, scaleRows } from './dense'
export { sortTop, topK } from './top-k'
export { addEdges, pairRows, sumPlaces, sumRows } from './training-edges'
export { multiply } from './training-product'
export { adam, noisyRows, takeRows, throughLength, transpose, unitRows } from './training-rows'
export { excludeKnown, excludeSame, rankingRows, softmaxRows } from './training-scores'

@inline function weightAt<T>(data: usize, edge: usize): v128 {
  return f32x4.splat(load<f32>(data + (edge << 2)))
}

// ---- normal: acc += W' (middle o (W z)), one row at a time while its indices are in cache ----

@inline function normalRow1<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let sum: f32 = 0
  for (let e = from; e < to; e++) {
    const v = load<f32>(z + (<usize>load<u32>(indices + (e << 2)) << 2))
    if (isFloat<T>()) sum += load<f32>(data + (e << 2)) * v
    else sum += v
  }
  sum *= middle
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 2)
    if (isFloat<T>()) store<f32>(at, load<f32>(at) + load<f32>(data + (e << 2)) * sum)
    else store<f32>(at, load<f32>(at) + sum)
  }
}

@inline function normalRow4<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let sum = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const v = v128.load(z + (<usize>load<u32>(indices + (e << 2)) << 4))
    if (isFloat<T>()) sum = f32x4.add(sum, f32x4.mul(weightAt<T>(data, e), v))
    else sum = f32x4.add(sum, v)
  }
  sum = f32x4.mul(sum, f32x4.splat(middle))
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 4)
    if (isFloat<T>()) v128.store(at, f32x4.add(v128.load(at), f32x4.mul(weightAt<T>(data, e), sum)))
    else v128.store(at, f32x4.add(v128.load(at), sum))
  }
}

@inline function normalRow8<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 5)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
    }
  }
  const m = f32x4.splat(middle)
  a = f32x4.mul(a, m)
  b = f32x4.mul(b, m)
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 5)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(w, a)))
      v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(w, b)), 16)
    } else {
      v128.store(at, f32x4.add(v128.load(at), a))
      v128.store(at, f32x4.add(v128.load(at, 16), b), 16)
    }
  }
}

@inline function normalRow16<T>(from: usize, to: usize, indices: usize, data: usize, middle: f32, z: usize, acc: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
      c = f32x4.add(c, f32x4.mul(w, v128.load(at, 32)))
      d = f32x4.add(d, f32x4.mul(w, v128.load(at, 48)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      d = f32x4.add(d, v128.load(at, 48))
    }
  }
  const m = f32x4.splat(middle)
  a = f32x4.mul(a, m)
  b = f32x4.mul(b, m)
  c = f32x4.mul(c, m)
  d = f32x4.mul(d, m)
  for (let e = from; e < to; e++) {
    const at = acc + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(w, a)))
      v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(w, b)), 16)
      v128.store(at, f32x4.add(v128.load(at, 32), f32x4.mul(w, c)), 32)
      v128.store(at, f32x4.add(v128.load(at, 48), f32x4.mul(w, d)), 48)
    } else {
      v128.store(at, f32x4.add(v128.load(at), a))
      v128.store(at, f32x4.add(v128.load(at, 16), b), 16)
      v128.store(at, f32x4.add(v128.load(at, 32), c), 32)
      v128.store(at, f32x4.add(v128.load(at, 48), d), 48)
    }
  }
}

@inline function normalRows<T>(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  let from = <usize>load<u32>(indptr + (rowStart << 2))
  if (width == 16) {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow16<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  } else if (width == 8) {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow8<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  } else if (width == 4) {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow4<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  } else {
    for (let row = rowStart; row < rowEnd; row++) {
      const to = <usize>load<u32>(indptr + (row << 2), 4)
      normalRow1<T>(from, to, indices, data, load<f32>(middle + (row << 2)), z, acc)
      from = to
    }
  }
}

export function normal(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, middle: usize, z: usize, acc: usize): void {
  if (data) normalRows<f32>(width, rowStart, rowEnd, indptr, indices, data, middle, z, acc)
  else normalRows<i32>(width, rowStart, rowEnd, indptr, indices, data, middle, z, acc)
}

// ---- gather: out = scale o (W z) ----

@inline function gatherRow1<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let sum: f32 = 0
  for (let e = from; e < to; e++) {
    const v = load<f32>(z + (<usize>load<u32>(indices + (e << 2)) << 2))
    if (isFloat<T>()) sum += load<f32>(data + (e << 2)) * v
    else sum += v
  }
  store<f32>(out, sum * scale)
}

@inline function gatherRow4<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let sum = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const v = v128.load(z + (<usize>load<u32>(indices + (e << 2)) << 4))
    if (isFloat<T>()) sum = f32x4.add(sum, f32x4.mul(weightAt<T>(data, e), v))
    else sum = f32x4.add(sum, v)
  }
  v128.store(out, f32x4.mul(sum, f32x4.splat(scale)))
}

@inline function gatherRow8<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 5)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
    }
  }
  const s = f32x4.splat(scale)
  v128.store(out, f32x4.mul(a, s))
  v128.store(out, f32x4.mul(b, s), 16)
}

@inline function gatherRow16<T>(from: usize, to: usize, indices: usize, data: usize, scale: f32, z: usize, out: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let e = from; e < to; e++) {
    const at = z + (<usize>load<u32>(indices + (e << 2)) << 6)
    if (isFloat<T>()) {
      const w = weightAt<T>(data, e)
      a = f32x4.add(a, f32x4.mul(w, v128.load(at)))
      b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)))
      c = f32x4.add(c, f32x4.mul(w, v128.load(at, 32)))
      d = f32x4.add(d, f32x4.mul(w, v128.load(at, 48)))
    } else {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      d = f32x4.add(d, v128.load(at, 48))
    }
  }
  const s = f32x4.splat(scale)
  v128.store(out, f32x4.mul(a, s))
  v128.store(out, f32x4.mul(b, s), 16)
  v128.store(out, f32x4.mul(c, s), 32)
  v128.store(out, f32x4.mul(d, s), 48)
}

@inline function gatherRows<T>(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, out: usize): void {
  let from = <usize>load<u32>(indptr + (rowStart << 2))
  for (let row = rowStart; row < rowEnd; row++) {
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    const s = load<f32>(scale + (row << 2))
    if (width == 16) gatherRow16<T>(from, to, indices, data, s, z, out + (row << 6))
    else if (width == 8) gatherRow8<T>(from, to, indices, data, s, z, out + (row << 5))
    else if (width == 4) gatherRow4<T>(from, to, indices, data, s, z, out + (row << 4))
    else gatherRow1<T>(from, to, indices, data, s, z, out + (row << 2))
    from = to
  }
}

export function gather(width: u32, rowStart: usize, rowEnd: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, out: usize): void {
  if (data) gatherRows<f32>(width, rowStart, rowEnd, indptr, indices, data, scale, z, out)
  else gatherRows<i32>(width, rowStart, rowEnd, indptr, indices, data, scale, z, out)
}

// ---- add: total += part; part = 0 ----

export function add(start: usize, end: usize, total: usize, part: usize): void {
  let at = start << 2
  const stop = end << 2
  const zero = f32x4.splat(0)
  for (; at + 16 <= stop; at += 16) {
    v128.store(total + at, f32x4.add(v128.load(total + at), v128.load(part + at)))
    v128.store(part + at, zero)
  }
  for (; at < stop; at += 4) {
    store<f32>(total + at, load<f32>(total + at) + load<f32>(part + at))
    store<f32>(part + at, 0)
  }
}

// ---- combine: previous <- a (scale o acc) + b z + c previous + d rhs; acc = 0; answers max |scale o acc + rhs - z| weight ----

@inline function combineRow<T>(lanes: usize, acc: usize, scale: f32, weight: f32, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32, worst: v128): v128 {
  if (isFloat<T>()) {
    const spread = load<f32>(acc) * scale
    store<f32>(acc, 0)
    const now = load<f32>(z)
    const seed = load<f32>(rhs)
    store<f32>(previous, spread * a + now * b + load<f32>(previous) * c + seed * d)
    return f32x4.max(worst, f32x4.splat(abs(spread + seed - now) * weight))
  }
  const s = f32x4.splat(scale)
  const w = f32x4.splat(weight)
  for (let at: usize = 0; at < lanes << 2; at += 16) {
    const spread = f32x4.mul(v128.load(acc + at), s)
    v128.store(acc + at, f32x4.splat(0))
    const now = v128.load(z + at)
    const seed = v128.load(rhs + at)
    let next = f32x4.add(f32x4.mul(spread, f32x4.splat(a)), f32x4.mul(now, f32x4.splat(b)))
    next = f32x4.add(next, f32x4.mul(v128.load(previous + at), f32x4.splat(c)))
    next = f32x4.add(next, f32x4.mul(seed, f32x4.splat(d)))
    v128.store(previous + at, next)
    worst = f32x4.max(worst, f32x4.mul(f32x4.abs(f32x4.sub(f32x4.add(spread, seed), now)), w))
  }
  return worst
}

export function combine(width: usize, start: usize, end: usize, acc: usize, scale: usize, weight: usize, z: usize, previous: usize, rhs: usize, a: f32, b: f32, c: f32, d: f32): f32 {
  let worst = f32x4.splat(0)
  const bytes = width << 2
  for (let i = start; i < end; i++) {
    const at = i * bytes
    const s = load<f32>(scale + (i << 2))
    const w = load<f32>(weight + (i << 2))
    if (width == 1) worst = combineRow<f32>(width, acc + at, s, w, z + at, previous + at, rhs + at, a, b, c, d, worst)
    else worst = combineRow<i32>(width, acc + at, s, w, z + at, previous + at, rhs + at, a, b, c, d, worst)
  }
  return max(
    max(f32x4.extract_lane(worst, 0), f32x4.extract_lane(worst, 1)),
    max(f32x4.extract_lane(worst, 2), f32x4.extract_lane(worst, 3)),
  )
}
