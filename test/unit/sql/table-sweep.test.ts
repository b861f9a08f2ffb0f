import { describe, expect, it } from 'vitest'
import type { Sweep } from '../../../src/request/sweep.ts'
import type { Columns, Connection } from '../../../src/sql/connection.ts'
import { refusal } from '../../../src/sql/refusal.ts'
import { RunTables } from '../../../src/sql/run-tables.ts'
import type { Statement } from '../../../src/sql/statement.ts'
import { SweepBlock } from '../../../src/sql/table-sweep.ts'

/** Has memory for sweeps of so many columns; keeps what each step read and how wide it was. */
class Servers implements Connection {
  readonly dialect = 'clickhouse'
  readonly shards = [0]
  readonly cluster = null
  readonly steps: string[] = []
  columns = 4
  /** Tables that are there. */
  readonly there = new Set<string>()

  run({ name, sql }: Statement): Promise<Columns[]> {
    const [, verb, table] = /^(CREATE|DROP) TABLE (?:IF EXISTS )?`r_[^_]*_[^_]*_(\w+)`/.exec(sql) ?? []
    if (verb === 'CREATE') this.there.add(table)
    if (verb === 'DROP') this.there.delete(table)
    if (name === 'step') {
      const [, from] = /FROM `r_[^_]*_[^_]*_(\w+)` AS s/.exec(sql) ?? []
      const wide = (sql.match(/AS n\d+/g) ?? []).length
      if (!this.there.has(from)) throw new Error(`no ${from}`)
      this.steps.push(`${from}: ${wide}`)
      if (wide > this.columns) throw refusal('memory', name, 'db.example', 'Memory limit exceeded')
    }
    return Promise.resolve(name === 'residual' ? [{ worst: [this.steps.length] }] : [])
  }

  insert(): Promise<void> {
    return Promise.resolve()
  }
}

const step = { a: 0.5, b: 0, c: 0, d: 1 }
const sweep = { name: 'labelSpreading', schedule: { steps: [step, step], stopBelow: 0 } } as unknown as Sweep

async function begun(columns: number): Promise<{ servers: Servers; block: SweepBlock }> {
  const servers = new Servers()
  const block = new SweepBlock(new RunTables(servers, 'r_', { deadlineMs: 1000 }), 4)
  await block.beginWith(() => ({ name: 'begin', sql: 'INSERT' }))
  servers.columns = columns
  return { servers, block }
}

describe('a sweep of tables', () => {
  it('is one statement a step where servers have memory for it', async () => {
    const { servers, block } = await begun(4)
    await block.solve(sweep)
    expect(servers.steps).toEqual(['state0_0_4: 4', 'state1_0_4: 4'])
  })

  it('goes on at the step that servers had no memory for, in halves', async () => {
    const { servers, block } = await begun(1)
    expect(await block.solve(sweep)).toEqual({ iterations: 2, residual: servers.steps.length })
    expect(servers.steps).toEqual([
      ...['state0_0_4: 4', 'state0_0_2: 2', 'state0_0_1: 1', 'state0_1_1: 1'],
      ...['state0_2_2: 2', 'state0_2_1: 1', 'state0_3_1: 1'],
      ...['state1_0_1: 1', 'state1_1_1: 1', 'state1_2_1: 1', 'state1_3_1: 1'],
    ])
    const told: number[] = []
    await block.each((strip) => Promise.resolve(void told.push(strip.first)))
    expect(told).toEqual([0, 1, 2, 3])
    expect([...servers.there].sort()).toEqual(['state2_0_1', 'state2_1_1', 'state2_2_1', 'state2_3_1'])
    await block.end()
    expect(servers.there.size).toBe(0)
  })

  it('ends where there is no memory for one column, and is told who lacks it', async () => {
    const { block } = await begun(0)
    await expect(block.solve(sweep)).rejects.toThrow(/db\.example, step 'step': expected enough memory/)
  })
})
