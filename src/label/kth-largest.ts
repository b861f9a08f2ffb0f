/**
 * The k-th largest of some values, by Hoare's FIND (1961, 10.1145/366622.366647): O(values) on average, where a sort takes O(values log values).
 *
 * @param values are moved about
 * @param k in [1, values]
 */
export function kthLargest(values: Float64Array, k: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = middleOfThree(values[low], values[(low + high) >> 1], values[high])
    let left = low
    let right = high
    while (left <= right) {
      while (values[left] > pivot) left++
      while (values[right] < pivot) right--
      if (left > right) break
      const value = values[left]
      values[left++] = values[right]
      values[right--] = value
    }
    if (k - 1 <= right) high = right
    else if (k - 1 >= left) low = left
    else break
  }
  return values[k - 1]
}

const middleOfThree = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
