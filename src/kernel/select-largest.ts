/**
 * Moves the k entries with the largest scores to the front, in no order; ties to the lower item. Both arrays are permuted together.
 *
 * Hoare's FIND (1961, 10.1145/366622.366647) on the middle of three as pivot: O(count) on average, where a heap of k takes O(count log k).
 *
 * @param items distinct numbers, so that no two entries are equal
 */
export function selectLargest(items: Int32Array, scores: Float32Array, count: number, k: number): void {
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = middleOfThree(items, scores, low, (low + high) >> 1, high)
    const score = scores[pivot]
    const item = items[pivot]
    let left = low
    let right = high
    while (left <= right) {
      while (scores[left] > score || (scores[left] === score && items[left] < item)) left++
      while (scores[right] < score || (scores[right] === score && items[right] > item)) right--
      if (left <= right) swap(items, scores, left++, right--)
    }
    if (k - 1 <= right) high = right
    else if (k - 1 >= left) low = left
    else return
  }
}

function middleOfThree(items: Int32Array, scores: Float32Array, a: number, b: number, c: number): number {
  if (!isBefore(items, scores, a, b)) [a, b] = [b, a]
  if (isBefore(items, scores, b, c)) return b
  return isBefore(items, scores, a, c) ? c : a
}

function isBefore(items: Int32Array, scores: Float32Array, a: number, b: number): boolean {
  return scores[a] > scores[b] || (scores[a] === scores[b] && items[a] < items[b])
}

function swap(items: Int32Array, scores: Float32Array, a: number, b: number): void {
  const item = items[a]
  const score = scores[a]
  items[a] = items[b]
  scores[a] = scores[b]
  items[b] = item
  scores[b] = score
}
