import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readInteractions, recommend, tune, type Tuning } from '../../../src/index.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { documentOf, rivulet } from './stage.ts'

const folder = temporaryFolder()
const pairs = Array.from({ length: 600 }, (_, n) => `u${n % 60},i${(n * n + 3 * n) % 41}`)
const single = ['--threads', '1']

describe('tune', () => {
  it('searches what signals weigh and a balance, and writes options that recommend takes with their signals', async () => {
    const signals = 'signal=1:label,view=1'
    const rows = pairs.map((pair, n) => `${pair},${n % 3 ? 'view' : 'buy'},${n}`)
    const log = folder.write('log.csv', `user,item,signal,time\n${rows.join('\n')}\n`)
    const events = await readInteractions(log)
    const rules = { buy: { weight: 1, role: 'label' }, view: 1 } as const
    const out = folder.path('signals.json')
    const args = ['tune', log, '--signals', signals.replace('signal', 'buy'), '--json', '--out', out, ...single]
    const learnt = documentOf<Tuning>(
      await rivulet([...args, '--search', 'signals', '--trials', '2', '--labels', 'buy']),
    )
    expect(learnt).toMatchObject(tune(events, { search: 'signals', trials: 2, labels: ['buy'], signals: rules }))
    const balanced = documentOf<Tuning>(await rivulet([...args, '--search', 'balance', '--lambdas', '0.5,1']))
    const expected = tune(events, { search: 'balance', lambdas: [0.5, 1], signals: rules })
    expect(balanced).toMatchObject(expected)
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(expected.best)
    const given = ['recommend', log, '--options', out, '--json', ...single]
    const { lists } = documentOf<{ lists: object[] }>(await rivulet(given))
    expect(lists.length).toBe(60)
    const found = recommend(events, { ...expected.best, k: 10 })
    expect(JSON.stringify(lists[0])).toContain(String(found.values().next().value?.[0].item))
  })
})
