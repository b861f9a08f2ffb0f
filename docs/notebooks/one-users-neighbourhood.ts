/**
 * Notebook: one user's neighbourhood. Her films, the users like her, the films that reach her through them, and what each of her films adds.
 *
 * Run: npx tsx docs/notebooks/one-users-neighbourhood.ts
 */
// With the package installed: from 'rivulet'.
import { Engine, toGraph } from '../../src/index.ts'
import { bar, percent, print, printTable, shorten } from '../demo/terminal.ts'
import { cell, writeDrawing } from './cell.ts'
import { readRatings, readTitles } from './movies.ts'
import { drawNeighbourhood, type Tie } from './neighbourhood-drawing.ts'

const ratings = await readRatings()
const titles = await readTitles()
const titleOf = (item: string): string => titles.get(item) ?? item
const graph = toGraph(ratings)

cell('A user', 'The first in the file with ten films, which is the fewest in this data.')
const user = graph.findNode((node, { kind }) => kind === 'user' && graph.degree(node) === 10) as string
const films = graph.neighbors(user)
print(`  User ${user}`)
printTable(films.map((film) => [titleOf(film), `${graph.degree(film)} users rated it`]))

const engine = await Engine.create(graph)

cell('Users like her', 'Label spreading from her to users: shared rare films count more than shared blockbusters.')
const similar = await engine.similarUsers(user, { k: 8 })
printTable(
  similar.map(({ user: other, score }) => {
    const shared = films.filter((film) => graph.hasEdge(other, film)).length
    return [`User ${other}`, `${shared} of her films, ${graph.degree(other)} in all`, bar(score, similar[0].score, 24)]
  }),
)

cell('Films like her rarest one')
const rarest = films.reduce((least, film) => (graph.degree(film) < graph.degree(least) ? film : least))
print(`  ${titleOf(rarest)}`)
const alike = await engine.similarItems(rarest, { k: 5 })
printTable(alike.map(({ item, score }) => [titleOf(item), bar(score, alike[0].score, 24)]))

cell('What reaches her', 'Recommended films, with the three of her own that add most: exact shares of the score.')
const [[, list]] = await engine.recommend({ users: [user], k: 8 })
const explanations = await Promise.all(list.map(({ item }) => engine.explain(user, item)))
printTable(
  explanations.map(({ item, contributions }) => [
    titleOf(item),
    contributions
      .slice(0, 3)
      .map(({ item: from, share }) => `${percent(share)} ${shorten(titleOf(from), 24)}`)
      .join(', '),
  ]),
)

cell('What each of her films is worth', 'Its share of all eight scores together.')
const total = explanations.reduce((sum, { score }) => sum + score, 0)
const worth = new Map(films.map((film) => [film, 0]))
for (const { contributions } of explanations) {
  for (const { item, score } of contributions) worth.set(item, (worth.get(item) ?? 0) + score / total)
}
const byWorth = [...worth].sort(([, a], [, b]) => b - a)
printTable(
  byWorth.map(([film, share]) => [titleOf(film), percent(share), bar(share, byWorth[0][1], 24)]),
  [1],
)

cell(
  'The drawing',
  'Lines are ratings: her films on the left, users like her in the middle, what reaches her on the right.',
)
const ties: Tie[] = similar.flatMap(({ user: other }) => [
  ...films.filter((film) => graph.hasEdge(other, film)).map((film) => ({ from: film, to: other })),
  ...list.filter(({ item }) => graph.hasEdge(other, item)).map(({ item }) => ({ from: other, to: item })),
])
await writeDrawing(
  'one-users-neighbourhood.svg',
  drawNeighbourhood({
    title: `The neighbourhood of user ${user}`,
    own: byWorth.map(([key, size]) => ({ key, name: titleOf(key), size })),
    users: similar.map(({ user: key, score }) => ({ key, name: `User ${key}`, size: score })),
    reached: list.map(({ item: key, score }) => ({ key, name: titleOf(key), size: score })),
    ties,
  }),
)
await engine.close()
