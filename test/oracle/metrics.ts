/**
 * The slow, obvious twin of src/evaluate: sets, arrays and the textbook formula of each metric, nothing shared with the code under test.
 */

/** [user, item] by external key. */
export type KeyPair = readonly [string, string]

export function rankingMetricsBySets(
  list: readonly string[],
  relevant: ReadonlySet<string>,
  k: number,
): Record<string, number> {
  const top = list.slice(0, k)
  const found = (rank: number): boolean => relevant.has(top[rank]) && top.indexOf(top[rank]) === rank
  const ranks = top.map((_, rank) => rank).filter(found)
  const gains = ranks.map((rank) => 1 / Math.log2(rank + 2))
  const ideals = Array.from({ length: Math.min(k, relevant.size) }, (_, rank) => 1 / Math.log2(rank + 2))
  const precisions = ranks.map((rank) => ranks.filter((other) => other <= rank).length / (rank + 1))
  return {
    recall: ranks.length / relevant.size,
    precision: ranks.length / k,
    ndcg: sum(gains) / sum(ideals),
    map: sum(precisions) / Math.min(k, relevant.size),
    mrr: ranks.length === 0 ? 0 : 1 / (ranks[0] + 1),
    'hit-rate': ranks.length === 0 ? 0 : 1,
  }
}

/** Means over the users that have both a list and held-out items; the catalogue metrics over their lists. */
export function evaluateBySets(
  lists: ReadonlyMap<string, readonly string[]>,
  train: readonly KeyPair[],
  test: readonly KeyPair[],
  catalogue: readonly string[],
  k: number,
): Record<string, number> {
  const heldOut = itemsByUser(test)
  const users = [...lists.keys()].filter((user) => heldOut.has(user))
  const rows = users.map((user) => rankingMetricsBySets(lists.get(user)!, heldOut.get(user)!, k))
  const means = Object.keys(rows[0]).map((name) => [`${name}@${k}`, mean(rows.map((row) => row[name]))])
  const shown = users.flatMap((user) => lists.get(user)!.slice(0, k)).filter((item) => catalogue.includes(item))
  const exposure = catalogue.map((item) => shown.filter((other) => other === item).length)
  const trainSets = itemsByUser(train)
  const usersOf = (item: string): number => [...trainSets.values()].filter((items) => items.has(item)).length
  const bits = shown.map((item) => -Math.log2(Math.max(1, usersOf(item)) / trainSets.size))
  return {
    ...Object.fromEntries(means),
    [`coverage@${k}`]: new Set(shown).size / catalogue.length,
    [`novelty@${k}`]: bits.length === 0 ? 0 : mean(bits),
    [`gini@${k}`]: giniByPairs(exposure),
  }
}

/** Half the relative mean absolute difference: sum over all ordered pairs of |x - y| / (2 n sum x). */
export function giniByPairs(values: readonly number[]): number {
  const differences = values.flatMap((x) => values.map((y) => Math.abs(x - y)))
  const total = sum(values)
  return total === 0 ? 0 : sum(differences) / (2 * values.length * total)
}

export function itemsByUser(pairs: readonly KeyPair[]): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>()
  for (const [user, item] of pairs) sets.set(user, (sets.get(user) ?? new Set()).add(item))
  return sets
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
