import { describe, expect, it } from 'vitest'
import { readMapping } from '../../../src/cli/argument-values.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const gexf = 'test/fixtures/graphs/drinks.gexf'
const single = ['--threads', '1']
const mapped = [gexf, '--graph', 'kind=type,item=drink']

describe('a graph on the command line', () => {
  it('is read by --graph as its edges would be, and the error that refuses it proposes the flag', async () => {
    const circle = folder.write('circle.csv', CIRCLE)
    const { code, stdout, stderr } = await rivulet(['recommend', ...mapped, ...single])
    expect([code, stderr]).toEqual([0, expect.stringContaining('left out 0 nodes')])
    expect(stdout).toBe((await rivulet(['recommend', circle, ...single])).stdout)
    const refused = await rivulet(['recommend', gexf, ...single])
    expect(refused.stderr).toContain("'user', 'drink': give --graph kind=type,item=drink.")
    const inspected = await rivulet(['inspect', ...mapped])
    expect(inspected.stdout).toContain("user <- nodes of kind 'user', item <- nodes of kind 'drink'")
  })

  it('has kinds as texts, by what keys begin with, or by the direction of edges', async () => {
    const graphml = ['test/fixtures/graphs/drinks.graphml', '--graph', 'kind=type,user=false,item=true,value=stars']
    const out = folder.path('out.csv')
    expect((await rivulet(['convert', ...graphml, '--out', out])).stderr).toContain('4 interactions')
    const keys = JSON.stringify({
      options: { type: 'directed', multi: false, allowSelfLoops: true },
      attributes: {},
      nodes: ['u:1', 'u:2', 'm:1'].map((key) => ({ key })),
      edges: ['u:1', 'u:2'].map((source) => ({ source, target: 'm:1' })),
    })
    const path = folder.write('keys.json', keys)
    const refused = await rivulet(['convert', path, '--out', out])
    expect(refused.stderr).toContain('give --graph kind=:,user=u,item=m.')
    for (const mapping of ['kind=:,user=u,item=m', 'kind=-'])
      expect((await rivulet(['convert', path, '--graph', mapping, '--out', out])).stderr).toContain('2 interactions')
    expect(readMapping('value=-,item=movie')).toEqual({ value: null, item: 'movie' })
  })

  it('is labelled and ranked as it stands, with edges between users', async () => {
    const seeds = folder.write('seeds.csv', 'ann,x\nbun,y\nnobody,x\n')
    const args = [gexf, '--seeds', seeds, '--unknown', 'drop', ...single]
    const { code, stdout, stderr } = await rivulet(['label', ...args])
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 label of unknown nodes dropped')])
    expect(stdout).toMatch(/bob +x/)
    interface Ranked {
      readonly ranks: readonly { readonly node: string }[]
    }
    const { ranks } = documentOf<Ranked>(await rivulet(['pagerank', gexf, '--json', ...single]))
    expect(ranks.map(({ node }) => node).sort()).toEqual(['ann', 'bob', 'bun', 'cat', 'jam', 'tea'])
    const nowhere = await rivulet(['pagerank', folder.path('nothing.gexf'), ...single])
    expect(nowhere.stderr).toContain('no such file')
    expect((await rivulet(['label', ...args, '--nodes', 'one'])).stderr).toContain('--nodes applies to edge lists')
    expect((await rivulet(['label', ...args, '--no-quotes'])).stderr).toContain('--quotes applies to rows')
  })

  it('is refused by what nobody can mean', async () => {
    for (const mapping of ['kid=type', 'kind', 'kind=', 'kind=type,kind'])
      expect((await rivulet(['inspect', gexf, '--graph', mapping])).code, mapping).toBe(2)
    const both = await rivulet(['inspect', gexf, '--graph', 'kind=-,item=drink'])
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("--graph, option 'kind'")])
  })
})
