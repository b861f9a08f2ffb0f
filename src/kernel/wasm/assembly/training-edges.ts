// The SIMD twin of ../../training-edges.ts: the same operations in the same order per entry, so the same bits.
// AssemblyScript, a part of kernel.ts. `W` says whether the matrix has weights, `D` whether entries are dropped: f32 for yes, i32 for no.

@inline function isDropped<D>(seed: i32, below: i32, edge: usize): bool {
  if (!isFloat<D>()) return false
  let x = seed + <i32>edge * <i32>0x9e3779b9
  x = (x ^ (x >>> 16)) * 0x21f0aaad
  x = (x ^ (x >>> 15)) * 0x735a2d97
  return ((x ^ (x >>> 15)) >>> 8) < below
}

@inline function factorOf<W>(data: usize, edge: usize, scale: usize, column: usize): f32 {
  const own = load<f32>(scale + (column << 2))
  return isFloat<W>() ? load<f32>(data + (edge << 2)) * own : own
}

// ---- sumRows: 32 entries of a row at a time stay in registers over all its edges ----

@inline function finishFour(sum: v128, at: usize, base: usize, by: v128, out: usize): void {
  const scaled = f32x4.mul(by, sum)
  v128.store(out + at, base ? f32x4.add(v128.load(base + at), scaled) : scaled)
}

@inline function sumWide<W, D>(from: usize, to: usize, indices: usize, data: usize, scale: usize, z: usize, bytes: usize, seed: i32, below: i32, at: usize, base: usize, by: v128, out: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  let s5 = f32x4.splat(0)
  let s6 = f32x4.splat(0)
  let s7 = f32x4.splat(0)
  for (let edge = from; edge < to; edge++) {
    if (isDropped<D>(seed, below, edge)) continue
    const column = <usize>load<u32>(indices + (edge << 2))
    const w = f32x4.splat(factorOf<W>(data, edge, scale, column))
    const row = z + column * bytes
    s0 = f32x4.add(s0, f32x4.mul(w, v128.load(row)))
    s1 = f32x4.add(s1, f32x4.mul(w, v128.load(row, 16)))
    s2 = f32x4.add(s2, f32x4.mul(w, v128.load(row, 32)))
    s3 = f32x4.add(s3, f32x4.mul(w, v128.load(row, 48)))
    s4 = f32x4.add(s4, f32x4.mul(w, v128.load(row, 64)))
    s5 = f32x4.add(s5, f32x4.mul(w, v128.load(row, 80)))
    s6 = f32x4.add(s6, f32x4.mul(w, v128.load(row, 96)))
    s7 = f32x4.add(s7, f32x4.mul(w, v128.load(row, 112)))
  }
  finishFour(s0, at, base, by, out)
  finishFour(s1, at + 16, base, by, out)
  finishFour(s2, at + 32, base, by, out)
  finishFour(s3, at + 48, base, by, out)
  finishFour(s4, at + 64, base, by, out)
  finishFour(s5, at + 80, base, by, out)
  finishFour(s6, at + 96, base, by, out)
  finishFour(s7, at + 112, base, by, out)
}

@inline function sumFour<W, D>(from: usize, to: usize, indices: usize, data: usize, scale: usize, z: usize, bytes: usize, seed: i32, below: i32): v128 {
  let sum = f32x4.splat(0)
  for (let edge = from; edge < to; edge++) {
    if (isDropped<D>(seed, below, edge)) continue
    const column = <usize>load<u32>(indices + (edge << 2))
    const w = f32x4.splat(factorOf<W>(data, edge, scale, column))
    sum = f32x4.add(sum, f32x4.mul(w, v128.load(z + column * bytes)))
  }
  return sum
}

function sumEvery<W, D>(bytes: usize, start: usize, end: usize, rows: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, base: usize, finish: usize, out: usize, seed: i32, below: i32): void {
  for (let k = start; k < end; k++) {
    const row = rows ? <usize>load<u32>(rows + (k << 2)) : k
    const from = <usize>load<u32>(indptr + (row << 2))
    const to = <usize>load<u32>(indptr + (row << 2), 4)
    const by = f32x4.splat(finish ? load<f32>(finish + (k << 2)) : 1)
    let at = k * bytes
    let column = z
    const stop = at + bytes
    for (; at + 128 <= stop; at += 128, column += 128) sumWide<W, D>(from, to, indices, data, scale, column, bytes, seed, below, at, base, by, out)
    for (; at < stop; at += 16, column += 16) finishFour(sumFour<W, D>(from, to, indices, data, scale, column, bytes, seed, below), at, base, by, out)
  }
}

export function sumRows(stride: usize, start: usize, end: usize, rows: usize, indptr: usize, indices: usize, data: usize, scale: usize, z: usize, base: usize, finish: usize, out: usize, seed: i32, below: i32): void {
  const bytes = stride << 2
  if (data) {
    if (below > 0) sumEvery<f32, f32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
    else sumEvery<f32, i32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
  } else {
    if (below > 0) sumEvery<i32, f32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
    else sumEvery<i32, i32>(bytes, start, end, rows, indptr, indices, data, scale, z, base, finish, out, seed, below)
  }
}

// ---- pairRows ----

export function pairRows(stride: usize, count: usize, pairs: usize, slots: usize, indices: usize, data: usize, scale: usize, sums: usize, z: usize, users: usize, items: usize): void {
  const bytes = stride << 2
  for (let b: usize = 0; b < count; b++, users += bytes, items += bytes) {
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

// ---- sumPlaces: 32 entries at a time, as in sumRows ----

export function sumPlaces(stride: usize, start: usize, end: usize, slots: usize, places: usize, from: usize, out: usize): void {
  const bytes = stride << 2
  for (let slot = start; slot < end; slot++) {
    const first = <usize>load<u32>(slots + (slot << 2))
    const last = <usize>load<u32>(slots + (slot << 2), 4)
    const row = out + slot * bytes
    let at: usize = 0
    for (; at + 64 <= bytes; at += 64) {
      let s0 = f32x4.splat(0)
      let s1 = f32x4.splat(0)
      let s2 = f32x4.splat(0)
      let s3 = f32x4.splat(0)
      for (let e = first; e < last; e++) {
        const place = load<i32>(places + (e << 2))
        if (place < 0) continue
        const source = from + <usize>place * bytes + at
        s0 = f32x4.add(s0, v128.load(source))
        s1 = f32x4.add(s1, v128.load(source, 16))
        s2 = f32x4.add(s2, v128.load(source, 32))
        s3 = f32x4.add(s3, v128.load(source, 48))
      }
      v128.store(row + at, s0)
      v128.store(row + at, s1, 16)
      v128.store(row + at, s2, 32)
      v128.store(row + at, s3, 48)
    }
    for (; at < bytes; at += 16) {
      let sum = f32x4.splat(0)
      for (let e = first; e < last; e++) {
        const place = load<i32>(places + (e << 2))
        if (place >= 0) sum = f32x4.add(sum, v128.load(from + <usize>place * bytes + at))
      }
      v128.store(row + at, sum)
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

function addEvery<W, D>(bytes: usize, slotCount: usize, member: u32, members: u32, users: usize, slots: usize, indptr: usize, indices: usize, data: usize, scale: usize, places: usize, sums: usize, userRows: usize, itemRows: usize, gradient: usize, seed: i32, below: i32): void {
  for (let slot: usize = 0; slot < slotCount; slot++, sums += bytes) {
    const user = <usize>load<u32>(users + (slot << 2))
    const to = <usize>load<u32>(indptr + (user << 2), 4)
    let edge = <usize>load<u32>(indptr + (user << 2))
    const toPlace = places ? places + ((<usize>load<u32>(slots + (slot << 2)) - edge) << 2) : 0
    for (; edge < to; edge++) {
      const item = load<u32>(indices + (edge << 2))
      if (members > 1 && item % members != member) continue
      if (isDropped<D>(seed, below, edge)) continue
      const w = f32x4.splat(factorOf<W>(data, edge, scale, item))
      const row = gradient + <usize>item * bytes
      const place = places ? load<i32>(toPlace + (edge << 2)) : -1
      if (place < 0) addScaled(bytes, row, w, sums)
      else addPair(bytes, row, w, sums, userRows + <usize>place * bytes, itemRows + <usize>place * bytes)
    }
  }
}

export function addEdges(stride: usize, slotCount: usize, member: u32, members: u32, users: usize, slots: usize, indptr: usize, indices: usize, data: usize, scale: usize, places: usize, sums: usize, userRows: usize, itemRows: usize, gradient: usize, seed: i32, below: i32): void {
  const bytes = stride << 2
  if (data) {
    if (below > 0) addEvery<f32, f32>(bytes, slotCount, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
    else addEvery<f32, i32>(bytes, slotCount, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
  } else {
    if (below > 0) addEvery<i32, f32>(bytes, slotCount, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
    else addEvery<i32, i32>(bytes, slotCount, member, members, users, slots, indptr, indices, data, scale, places, sums, userRows, itemRows, gradient, seed, below)
  }
}
