import { describe, expect, it } from 'vitest'
import type { Columns, Connection } from '../../../src/sql/connection.ts'
import { loadTable } from '../../../src/sql/load-table.ts'
import { PassingFailure, whileAlive } from '../../../src/sql/patience.ts'
import { RunTables } from '../../../src/sql/run-tables.ts'
import type { Statement } from '../../../src/sql/statement.ts'

/** A connection that keeps what it is asked, and answers or fails as it is told. */
class Heard implements Connection {
  readonly dialect = 'duckdb'
  readonly shards = [0]
  readonly cluster = null
  readonly asked: string[] = []
  readonly #answer: (statement: Statement, count: number) => Columns[]

  constructor(answer: (statement: Statement, count: number) => Columns[] = () => []) {
    this.#answer = answer
  }

  async run(statement: Statement): Promise<Columns[]> {
    this.asked.push(statement.name)
    return Promise.resolve(this.#answer(statement, this.asked.length))
  }

  async insert(): Promise<void> {
    this.asked.push('write')
    return Promise.resolve()
  }
}

const patience = { deadlineMs: 5_000 }
const weighing = { weighted: false, signals: null }
const source = { table: 'events', columns: { user: 'user', item: 'item' }, weighing }

describe('tables of a run', () => {
  it('are made from the beginning when a server was lost in the middle', async () => {
    const connection = new Heard(({ name }, count) => {
      if (name === 'number users' && count < 4) throw new PassingFailure('lost')
      return []
    })
    const tables = new RunTables(connection, 'r_', patience)
    await tables.make('users', { u: 'int', uk: 'text' }, 'uk', null, [tables.statements.number('users', 'u', 'uk')])
    const once = ['drop users', 'make users', 'number users']
    expect(connection.asked).toEqual([...once, ...once])
    await tables.dropAll()
    expect(connection.asked.slice(6)).toEqual(['drop users'])
  })

  it('have other names in another run', () => {
    const names = [1, 2].map(() => new RunTables(new Heard(), 'r_', patience).statements.table('e'))
    expect(names[0]).not.toBe(names[1])
    expect(names[0]).toMatch(/^"r_\d{8}T\d{4}_[0-9a-f]{12}_e"$/)
  })

  it('are given up when servers do not answer within the deadline, and at once when asked again is of no use', async () => {
    const lost = new Heard(() => {
      throw new PassingFailure('count rows: no response from db.example')
    })
    const asked = new RunTables(lost, 'r_', { deadlineMs: 250 }).query({ name: 'count rows', sql: 'SELECT 1' })
    await expect(asked).rejects.toMatchObject({ code: 'DEADLINE', message: /count rows.*db\.example/ })
    expect(lost.asked.length).toBeGreaterThan(1)
    const wrong = new Heard(() => {
      throw new Error('no such table')
    })
    await expect(new RunTables(wrong, 'r_', patience).query({ name: 'x', sql: 'SELECT 1' })).rejects.toThrow(
      'no such table',
    )
    expect(wrong.asked).toHaveLength(1)
  })

  it('wait no longer when they are cancelled', async () => {
    const abort = new AbortController()
    const lost = new Heard(() => {
      abort.abort(new Error('enough'))
      throw new PassingFailure('lost')
    })
    const asked = new RunTables(lost, 'r_', patience).query({ name: 'x', sql: 'SELECT 1' }, abort.signal)
    await expect(asked).rejects.toThrow('enough')
    expect(lost.asked).toHaveLength(1)
  })
})

describe('a server that is at work', () => {
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

  it('is given up when it gives no sign for too long', async () => {
    await expect(whileAlive(never, () => Promise.reject(new Error('lost')), 40)).rejects.toBeInstanceOf(PassingFailure)
  })

  it('is waited for as long as it gives signs, and until nobody waits for it', async () => {
    const abort = new AbortController()
    let signs = 0
    const look = async (): Promise<void> => {
      if (++signs === 9) abort.abort(new Error('enough'))
      return Promise.resolve()
    }
    await expect(whileAlive(never, look, 40, abort.signal)).rejects.toThrow('enough')
    expect(signs).toBe(9)
  })
})

describe('a table that is loaded', () => {
  it.each([
    ['without rows', { n: [0], of_user: [0], of_item: [0] }, 'EMPTY_DATA', /none in 'events'/],
    ['with rows without an item', { n: [9], of_user: [9], of_item: [7] }, 'INVALID_DATA', /NULL in 2 of 9 rows/],
  ])('%s is refused before anything is made', async (_, counts, code, message) => {
    const connection = new Heard(() => [counts])
    const tables = new RunTables(connection, 'r_', patience)
    await expect(loadTable('connect', tables, source, 1e9)).rejects.toMatchObject({ code, message })
    expect(connection.asked).toEqual(['count rows'])
  })

  it('has its nodes in the order of their numbers, and no edges in this memory', async () => {
    const answers: Readonly<Record<string, Columns>> = {
      'count rows': { n: [4n], of_user: [4n], of_item: [4n] },
      'look for gaps': { n: [3n], gaps: [0n] },
      'keys of users': { u: [1, 0], uk: ['bob', 'ann'] },
      'keys of items': { i: [0, 1], ik: ['tea', 'jam'] },
      'degrees of users': { u: [0, 1], n: [2n, 1n] },
      'degrees of items': { i: [1, 0], n: [1n, 2n] },
    }
    const tables = new RunTables(new Heard(({ name }) => [answers[name] ?? {}]), 'r_', patience)
    const network = await loadTable('connect', tables, source, 1e9)
    expect([...network.nodes.keys()]).toEqual(['ann', 'bob', 'tea', 'jam'])
    expect(network.shape).toMatchObject({ rowCount: 2, columnCount: 2, nnz: 3 })
    expect([...network.degrees.columns]).toEqual([2, 1])
    expect(() => network.rows.windows).toThrow(/a table in a database/)
    expect(() => network.stored).toThrow(/a table in a database/)
  })
})
