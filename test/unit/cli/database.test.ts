import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, rivulet } from './stage.ts'

const folder = temporaryFolder()
const file = folder.write('circle.csv', CIRCLE)
const seeds = folder.write('seeds.csv', 'ann,sweet\nbun,salty\n')
const SECRET = 'hunter2'
/** Nobody answers there, and nobody is to be asked. */
const NOWHERE = 'clickhouse://127.0.0.1:1/shop.events'
const neighbours = ['--method', 'rp3beta', '--neighbours', '20']

afterEach(() => void vi.unstubAllEnvs())

describe('a table in the place of a file', () => {
  it.each([
    ['no address', ['inspect', '--from', 'events'], "expected 'clickhouse://host:8123/database.table'"],
    ['no table', ['inspect', '--from', 'clickhouse://host'], 'expected'],
    ['a host without a name', ['inspect', '--from', 'clickhouse:///shop.events'], 'expected'],
    ['a database without a name', ['inspect', '--from', 'clickhouse://host/.events'], "'database.table'"],
    ['three names', ['inspect', '--from', 'sc://host/main.shop.events'], 'write a dot within a name as %2E'],
    ['half an escape', ['inspect', '--from', 'clickhouse://host/100%'], "write '%' itself as '%25'"],
    ['settings of ClickHouse', ['inspect', '--from', 'clickhouse://host/events;x=1'], 'settings after the table'],
    ['a query of ClickHouse', ['inspect', '--from', 'clickhouse://host/events?user=ann'], 'expected'],
    ['a port that is none', ['inspect', '--from', 'clickhouse://host:99999999/events'], 'an address'],
    ['a user of Spark before the host', ['inspect', '--from', 'sc://ann@host/events'], ';user_id=ann'],
    ['a cluster of Spark', ['inspect', '--from', 'sc://host/events', '--cluster', 'prod'], '--cluster requires'],
    ['servers without a cluster', ['inspect', '--from', 'clickhouse://a,b/events'], 'the name of the cluster'],
    ['a file beside it', ['inspect', file, '--from', NOWHERE], 'either FILE or --from'],
    ['no file and no table', ['inspect'], "missing required argument 'file'"],
    ['--to without it', ['recommend', file, '--to', 'lists'], '--to requires --from'],
    ['--dry-run without it', ['label', file, '--seeds', seeds, '--dry-run'], '--dry-run requires --from'],
    ['a command that reads files alone', ['rate', '--from', NOWHERE], "unknown option '--from'"],
    ['nothing to write', ['inspect', '--from', NOWHERE, '--to', 'facts'], '--to does not apply to a table'],
    ['threads', ['pagerank', '--from', NOWHERE, '--threads', '2'], '--threads does not apply to a table'],
    ['a format', ['inspect', '--from', NOWHERE, '--format', 'delimited'], '--format does not apply to a table'],
    ['a header', ['inspect', '--from', NOWHERE, '--no-header'], '--header does not apply to a table'],
    [
      'weights without values',
      ['recommend', '--from', NOWHERE, ...neighbours, '--weighted'],
      'expected a value column',
    ],
    ['signals of no column', ['pagerank', '--from', NOWHERE, '--signals', 'buy=1'], 'expected a signal column'],
    ['signals that are looked for', ['pagerank', '--from', NOWHERE, '--signals', 'auto'], '--signals auto'],
    [
      'signals that take two passes',
      ['pagerank', '--from', NOWHERE, '--columns', 'signal=s,value=v', '--signals', 'buy=1:bm25'],
      "transform 'raw', 'binary', 'log1p'",
    ],
    ['columns by number', ['inspect', '--from', NOWHERE, '--columns', 'user=0,item=1'], 'use names for columns'],
    ['a column that is not read', ['inspect', '--from', NOWHERE, '--columns', 'time=when'], '--columns time='],
    ['nodes of one kind', ['pagerank', '--from', NOWHERE, '--nodes', 'one'], '--nodes one: a table'],
    ['another labeller', ['label', '--from', NOWHERE, '--seeds', seeds, '--method', 'inferLabels'], 'inferLabels'],
    ['an option out of range', ['pagerank', '--from', NOWHERE, '--alpha', '2'], '--alpha'],
    ['a method of sweeps', ['recommend', '--from', NOWHERE], 'not graph-filter'],
    ['all neighbours', ['recommend', '--from', NOWHERE, '--method', 'rp3beta'], 'not rp3beta with all neighbours'],
    ['two methods', ['recommend', '--from', NOWHERE, '--method', 'rp3beta,p3alpha', '--neighbours', '9'], 'one method'],
    ['trained vectors', ['embed', '--from', NOWHERE, '--out', 'x.embedding', '--method', 'contrastive'], 'spectral'],
    ['vectors for nobody', ['embed', '--from', NOWHERE], "'--out <file>' not specified"],
    [
      'a checkpoint',
      ['embed', '--from', NOWHERE, '--out', 'x.embedding', '--checkpoint', 'y'],
      '--checkpoint does not apply',
    ],
    ['compiled sweeps', ['compile', '--from', NOWHERE, '--out', 'x.model'], 'not graph-filter'],
    [
      'a head',
      ['compile', '--from', NOWHERE, ...neighbours, '--out', 'x.model', '--head', '8'],
      '--head does not apply',
    ],
    ['no split', ['evaluate', '--from', NOWHERE], 'a file needs --split'],
    ['two tables', ['evaluate', '--from', NOWHERE, '--train', file], '--train does not apply'],
    ['the plan of one reading', ['evaluate', '--from', NOWHERE, '--split', 'random', '--dry-run'], '--dry-run'],
    ['times of pairs', ['embed', '--from', NOWHERE, '--out', 'x.embedding', '--columns', 'time=t'], '--columns time='],
    ['two places', ['pagerank', '--from', NOWHERE, '--to', 'x', '--out', folder.path('x.csv')], 'not both'],
    ['a plan as JSON', ['inspect', '--from', NOWHERE, '--dry-run', '--json'], 'not a JSON document'],
    ['titles in a table', ['recommend', '--from', NOWHERE, ...neighbours, '--to', 'x', '--titles', file], '--titles'],
  ])('%s is refused before anybody is asked', async (_, args, told) => {
    const { code, stdout, stderr } = await rivulet(args)
    expect(stderr).toMatch(/^rivulet: [^\n]*\n$/)
    expect(stderr).toContain(told)
    expect([code, stdout]).toEqual([2, ''])
  })

  it.each([
    ['a password in the address', `clickhouse://ann:${SECRET}@host/events`, 'set CLICKHOUSE_PASSWORD'],
    ['a token in the address', `sc://host/events;token=${SECRET}`, 'set SPARK_CONNECT_AUTHENTICATE_TOKEN'],
    ['an address of another kind', `http://ann:${SECRET}@host/events`, 'got something else'],
    ['an escaped password', `clickhouse://ann%3A${SECRET}:%@host/events`, 'set CLICKHOUSE_PASSWORD'],
  ])('%s is refused and not shown', async (_, from, told) => {
    const { code, stdout, stderr } = await rivulet(['inspect', '--from', from, '--verbose'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(told)
    expect(stderr).not.toContain(SECRET)
  })

  it('the user of the address and the password of the environment go to the server, and into no message', async () => {
    const asked: string[] = []
    const server = createServer(({ headers }, response) => {
      asked.push(Buffer.from(String(headers.authorization).replace('Basic ', ''), 'base64').toString())
      response.writeHead(403).end('Code: 516, e.displayText() = DB::Exception: Authentication failed')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      vi.stubEnv('CLICKHOUSE_PASSWORD', SECRET)
      vi.stubEnv('CLICKHOUSE_USER', 'bob')
      const args = ['pagerank', '--verbose', '--from']
      const { code, stdout, stderr } = await rivulet([...args, `clickhouse://ann%40home@${host}/shop.events`])
      await rivulet([...args, `clickhouse://${host}/shop.events`])
      expect(asked).toEqual([`ann@home:${SECRET}`, `bob:${SECRET}`])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain('expected a valid user and password')
      expect(stderr).toContain('CLICKHOUSE_PASSWORD')
      expect(stderr).not.toContain(SECRET)
    } finally {
      server.close()
    }
  })
})
