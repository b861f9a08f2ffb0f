import { Engine, evaluateRankings, type Evaluation, type ListOptions, type Split } from '../../src/index.ts'

/** Lists of k for the users of a test, asked for in several ways: an evaluation each. */
export async function scoredLists(
  { train, test }: Split,
  asked: readonly ListOptions[],
  k: number,
): Promise<Evaluation[]> {
  await using engine = await Engine.create(train)
  const users = Array.from(new Set(test.user), (row) => train.users.keyOf(row))
  const evaluations: Evaluation[] = []
  for (const options of asked) {
    evaluations.push(evaluateRankings(await engine.rank({ ...options, users, k }), train, test, { k }))
  }
  return evaluations
}
