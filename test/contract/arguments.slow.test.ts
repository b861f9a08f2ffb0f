import { describe, expect, it } from 'vitest'
import { Engine } from '../../src/index.ts'
import { bareErrors, functionsOf, NO_OPTIONS, table, type Call } from './bare-errors.ts'

describe('arguments of any kind', () => {
  it('make an engine throw nothing but RivuletError', async () => {
    const engine = await Engine.create(table, { threads: 1 })
    try {
      const methods = [Engine.prototype, engine]
        .flatMap((owner) => functionsOf(owner, ''))
        .filter(([name]) => name !== 'close')
      expect(methods.length).toBeGreaterThan(20)
      const found: string[] = []
      for (const [name] of methods) {
        const call = (engine[name as 'recommend'] as Call).bind(engine)
        const lists = NO_OPTIONS.flatMap((one) => [[one], [{}, one], ['u1', one], [one, one]])
        for (const bare of await bareErrors(call, lists)) found.push(`${name}${bare}`)
      }
      expect(found).toEqual([])
    } finally {
      await engine.close()
    }
  })
})
