// The SIMD twin of ../../training-edges.ts: the same operations in the same order per entry, so the same bits.
// AssemblyScript, a part of kernel.ts. `W` says whether the matrix has weights, `D` whether entries are dropped: f32 for yes, i32 for no.

import { isDropped } from './products'

@inline function factorOf<W>(data: usize, edge: usize, scale: usize, column: usize): f32 {
  const own = load<f32>(scale + (column << 2))
  return isFloat<W>() ? load<f32>(data + (edge << 2)) * own : own
}

// ---- pairRows ----

export function pairRows(start: usize, end: usize, width: usize, pairs: usize, slots: usize, indices: usize, data: usize, scale: usize, sums: usize, z: usize, users: usize, items: usize): void {
  const bytes = width << 2
  users += start * bytes
  items += start * bytes
  for (let b = start; b < end; b++, users += bytes, items += bytes) {
    const edge = <usize>load<u32>(pairs + (b << 2))
    const column = <usize>load<u32>(indices + (edge << 2))
    const w = f32x4.splat(data ? factorOf<f32>(data, edge, scale, column) : factorOf<i32>(data, edge, scale, column))
    const from = z + column * bytes
    const sum = sums + <usize>load<u32>(slots + (b << 2)) * bytes
    for (let at: usize = 0; at < bytes; at += 16) {
      const item = v128.load(from + at)
      v128.store(users + at, f32x4.sub(v128.load(sum + at), f32x4.mul(w, item)))
      v128.store(items + at, item)
    }
  }
}

// ---- addEdges ----

@inline function addFour(row: usize, w: v128, sum: usize): void {
  v128.store(row, f32x4.add(v128.load(row), f32x4.mul(w, v128.load(sum))))
}

@inline function addScaled(bytes: usize, row: usize, w: v128, sum: usize): void {
  let at: usize = 0
  for (; at + 64 <= bytes; at += 64) {
    addFour(row + at, w, sum + at)
    addFour(row + at + 16, w, sum + at + 16)
    addFour(row + at + 32, w, sum + at + 32)
    addFour(row + at + 48, w, sum + at + 48)
  }
  for (; at < bytes; at += 16) addFour(row + at, w, sum + at)
}

@inline function addPair(bytes: usize, row: usize, w: v128, sum: usize, own: usize, taken: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const seen = f32x4.mul(w, f32x4.sub(v128.load(sum + at), v128.load(own + at)))
    v128.store(row + at, f32x4.add(v128.load(row + at), f32x4.add(seen, v128.load(taken + at))))
  }
}

function addEvery<W, D>(bytes: usize, start: usize, end: usize, member: u32, members: u32, users: usize, slots: usize, indptr: usize, indices: usize, data: usize, scale: usize, places: usize, sums: usize, userRows: usize, itemRows: usize, gradient: usize, seed: i32, below: i32): void {
  sums += start * bytes
  for (let slot = start; slot < end; slot++, sums += bytes) {
    const user = <usize>load<u32>(users + (slot << 2))
    const to = <usize>load<u32>(indptr + (user << 2), 4)
    let edge = <usize>load<u32>(indptr + (user << 2))
    const toPlace = places ? places + ((<usize>load<u32>(slots + (slot << 2)) - edge) << 2) : 0
    for (; edge < to; edge++) {
      const item = load<u32>(indices + (edge << 2))
      if (members > 1 && item % members != member) continue
      if (isFloat<D>() && isDropped(seed, below, edge)) continue
      const w = f32x4.splat(factorOf<W>(data, edge, scale, item))
      const row = gradient + <usize>item * bytes
      const place = places ? load<i32>(toPlace + (edge << 2)) : -1
      if (place < 0) addScaled(bytes, row, w, sums)
      else addPair(bytes, row, w, sums, userRows + <usize>place * bytes, itemRows + <usize>place * bytes)
    }
  }
}

export function addEdges(start: usize, end: usize, width: usize, member: u32, members: u32, users: usize, slots: usize, indptr: usize, indices: usize, data: usize, scale: usize, places: usize, sums: usize, userRows: usize, itemRows: usize, gradient: usize, seed: i32, below: i32): void {
  const bytes = width << 2
  if (data) {
    if (below > 0) addEvery<f32, f32>(bytes, start, end, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
    else addEvery<f32, i32>(bytes, start, end, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
  } else {
    if (below > 0) addEvery<i32, f32>(bytes, start, end, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
    else addEvery<i32, i32>(bytes, start, end, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
  }
}
