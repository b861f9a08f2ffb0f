/** The door to tables in databases: what is asked of them runs where they lie. */
export type * from './browser.ts'

export { SqlEngine, type UserList } from './sql-engine.ts'
export type { NeighbourListOptions, TableListOptions } from './sql-options.ts'
export type { ColumnRole, ConnectOptions, KeyColumns } from './sql/connect-options.ts'
export type { Columns, QuerySource, ResultColumn } from './sql/connection.ts'
export type { PlannedWork } from './sql/explain.ts'
export type { ResultRow } from './sql/result-table.ts'
export type { ColumnKind, NumberKind, TableColumns } from './sql/statement.ts'
export type { TableFacts } from './sql/table-facts.ts'
export type { Progress, Watch } from './run/protocol.ts'
