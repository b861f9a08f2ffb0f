import { UndirectedGraph } from 'graphology'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { graphFormatOf, readGraph } from '../../../src/io/graph-files.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import type { Reading } from '../../../src/io/reading.ts'
import { labelSpreading } from '../../../src/label/label-spreading.ts'
import { RivuletError } from '../../../src/support/errors.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const gexf = 'test/fixtures/graphs/drinks.gexf'
const graphml = 'test/fixtures/graphs/drinks.graphml'
const drinks = { kind: 'type', item: 'drink' } as const
const stars = { kind: 'type', user: false, item: true, value: 'stars' } as const
const text = readFileSync(gexf, 'utf8')

const pairs = async (path: string, options?: ReadInteractionsOptions): Promise<string[]> =>
  tableRows(await readInteractions(path, options)).map(([user, item, , value]) => `${user}-${item} ${value ?? 1}`)

/** The message of the refusal. */
async function refusal(call: () => Promise<unknown>): Promise<string> {
  const error = await call().catch((thrown: unknown) => thrown)
  if (!(error instanceof RivuletError)) throw error
  return error.message
}

const graph = new UndirectedGraph()
for (const user of ['ann', 'bob']) graph.addNode(user, { kind: 'user' })
for (const item of ['tea', 'jam']) graph.addNode(item, { kind: 'item' })
graph.addEdge('ann', 'tea', { weight: 2 })
graph.addEdge('jam', 'bob')
const json = JSON.stringify(graph)

describe('files of graphs', () => {
  it('are told by content, and rows are none', () => {
    expect(graphFormatOf(text)).toBe('gexf')
    expect(graphFormatOf(`\ufeff\n${readFileSync(graphml, 'utf8')}`)).toBe('graphml')
    expect(
      [json, JSON.stringify(graph, null, 2), '{"attributes":{},"nodes":[],"edges":[]}'].map(graphFormatOf),
    ).toEqual(['graph-json', 'graph-json', 'graph-json'])
    const rows = ['{"attributes":{"key":1},"user":"a","item":"b"}', '{"nodes":[{"id":"a"}]}', '<html>', 'a,b', '']
    expect(rows.map(graphFormatOf)).toEqual([null, null, null, null, null])
  })

  it('are graphs of graphology, with their ids, attributes and directions', async () => {
    const found = await readGraph(gexf)
    expect([found.order, found.directedSize, found.getNodeAttributes('tea')]).toEqual([
      6,
      7,
      { label: 'Tea', type: 'drink' },
    ])
    const back = await readGraph(folder.write('packed', gzipSync(json)))
    expect(back.export()).toEqual(graph.export())
    const multi = await readGraph(graphml)
    expect([multi.multi, multi.type, multi.getNodeAttribute('ann', 'type')]).toEqual([true, 'undirected', false])
    expect(labelSpreading(found, { seeds: [['ann', 'x']] }).size).toBe(6)
  })

  it('are tables by a mapping, which says what was read and what was not', async () => {
    const readings: Reading[] = []
    const onReading = (reading: Reading): void => void readings.push(reading)
    expect(await pairs(gexf, { graph: drinks, onReading })).toEqual(
      ['ann-tea', 'ann-jam', 'bob-tea', 'bob-bun', 'cat-jam', 'cat-bun'].map((pair) => `${pair} 1`),
    )
    expect(readings[0]).toMatchObject({
      format: 'gexf',
      columns: { user: "nodes of kind 'user'", item: "nodes of kind 'drink'" },
      notes: ['graph: left out 0 nodes that are neither user nor item, and 1 edges'],
    })
    expect(await pairs(graphml, { graph: stars, onReading })).toEqual([
      'ann-tea 5',
      'ann-jam 2',
      'bob-tea 4',
      'bob-tea 3',
    ])
    expect(readings[1].columns.value).toBe('stars')
    await readInteractions(graphml, { graph: { ...stars, value: null }, onReading })
    expect(readings[2].ignored).toEqual(['stars'])
    expect(await pairs(folder.write('graph.json', json))).toEqual(['ann-tea 2', 'bob-jam 1'])
  })

  it('leave out edges that cannot be read where they are told to, and say which', async () => {
    const dirty = graph.copy()
    dirty.addEdge('ann', 'jam', { weight: 'much', signal: 'odd' })
    const path = folder.write('dirty.json', JSON.stringify(dirty))
    await expect(pairs(path)).rejects.toMatchObject({ code: 'INVALID_DATA' })
    const table = await readInteractions(path, { onBadRow: 'skip' })
    expect([table.length, table.signals]).toEqual([2, ['interaction']])
    expect(table.notes).toEqual([
      "1 bad row skipped: edge attribute 'weight': expected a finite number, got 'much' on the edge 'ann' - 'jam'",
    ])
  })

  it('without kinds have users where edges start, and say so', async () => {
    const plain = JSON.stringify({ ...graph.export(), nodes: graph.mapNodes((key) => ({ key })) })
    const edges = plain.replace('"source":"jam","target":"bob"', '"source":"bob","target":"jam"')
    const readings: Reading[] = []
    expect(await pairs(folder.write('plain.json', edges), { onReading: (one) => readings.push(one) })).toHaveLength(2)
    expect(readings[0].columns.user).toBe('nodes where edges start')
    expect(readings[0].notes[0]).toContain('users are where edges start')
  })

  it('are one table with others of their kind', async () => {
    expect(await pairs('test/fixtures/graphs/*.gexf', { graph: drinks })).toHaveLength(6)
    const copy = folder.write('copy.gexf', text.replaceAll('ann', 'dan'))
    expect((await readInteractions([gexf, copy], { graph: drinks })).users.size).toBe(4)
    const mixed = refusal(() => readInteractions([gexf, graphml], { graph: drinks }))
    expect(await mixed).toContain("a node whose kind is 'user', got kinds false, true")
  })
})

describe('a graph that cannot be read', () => {
  const refused = async (content: string, options: ReadInteractionsOptions = { graph: drinks }): Promise<string> => {
    const path = folder.write('refused', content)
    return refusal(() => readInteractions(path, options))
  }

  it('proposes the mapping', async () => {
    expect(await refused(text, {})).toContain("give graph: { kind: 'type', item: 'drink' }")
    expect(await refused(text, { graph: { kind: 'type', item: 'food' } })).toContain("got kinds 'user', 'drink'")
  })

  it.each([0.05, 0.3, 0.6, 0.9, 0.99].map((share) => Math.floor(text.trimEnd().length * share)))(
    'is cut off at %i',
    async (end) => {
      expect(await refused(text.slice(0, end))).toMatch(/expected a whole GEXF file, got a damaged one|a page of HTML/)
    },
  )

  it.each([
    ['a JSON that is cut off', json.slice(0, -9), 'expected a whole JSON file'],
    ['a node that no edge may name', json.replace('"target":"tea"', '"target":"x"'), 'target node "x" not found'],
    ['an entity', `<!DOCTYPE g [<!ENTITY a "ann">]>${text.slice(39).replace('"ann"', '"&a;"')}`, 'entity not found'],
    [
      'a file in an entity',
      `<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/passwd">]>${text.slice(39).replace('"ann"', '"&a;"')}`,
      'entity not found',
    ],
    [
      'nodes in nodes',
      text.replace('</attvalues></node>', '</attvalues><nodes><node id="x"/></nodes></node>'),
      'a <node> in a <node>',
    ],
    ['two graphs', text.replace('</graph>', '</graph><graph></graph>'), 'several graphs'],
    ['no graph', '<gexf></gexf>', 'no element <graph>'],
    ['an attribute that is not declared', text.replace('for="0"', 'for="7"'), 'undeclared attribute "7"'],
    ['a node twice', text.replace('id="bob"', 'id="ann"'), 'the "ann" node already exist'],
    ['an edge to nowhere', text.replace('target="tea"', 'target="x"'), 'points to an inexisting node. Correct it'],
    ['an encoding that nobody knows', text.replace('UTF-8', 'x-none'), 'no text in x-none'],
    [
      'more names than any writer has',
      `<gexf>${Array.from({ length: 2000 }, (_, at) => `<a${at}/>`).join('')}</gexf>`,
      'more than 1000 names',
    ],
    ['nodes and links', '{"directed": false, "multigraph": false, "nodes": [{"id": 1}]}', 'write_graphml'],
    ['another document', '<?xml version="1.0"?><rss></rss>', 'a page of HTML or XML'],
  ])('has %s', async (_, content, message) => {
    expect(await refused(content)).toContain(message)
  })

  it('has hyperedges', async () => {
    const content = readFileSync(graphml, 'utf8').replace('</graph>', '<hyperedge/></graph>')
    expect(await refused(content)).toContain('got hyperedges')
  })

  it('is given what rows need, or rows a mapping', async () => {
    expect(await refused(text, { columns: { user: 'a' } })).toContain("option 'columns': expected no options for rows")
    expect(await refused('user,item\na,b\n')).toContain("option 'graph': expected no graph options")
    expect(await refused('%%MatrixMarket matrix coordinate\n')).toContain("option 'graph'")
    expect(await refusal(() => readGraph(folder.write('rows.csv', 'user,item\na,b\n')))).toContain('got another format')
    expect(await refusal(() => readGraph(folder.write('empty', '')))).toContain('an empty file')
  })
})
