/** Encodes columns as an Arrow file (Feather, version 2). All batches are held in Arrow's form until the last. */
import type { Column, DataType } from '@uwdata/flechette'
import type { ColumnEncoder, ColumnType } from './column-batches.ts'
import { loadPeer } from './peer.ts'

/** @throws {RivuletError} WRITE_FAILED without the package */
export async function arrowEncoder(who: string): Promise<ColumnEncoder> {
  const packages = ['@uwdata/flechette@2.3.0']
  const arrow = await loadPeer('WRITE_FAILED', who, 'Arrow', packages, () => import('@uwdata/flechette'))
  const types: Readonly<Record<ColumnType, DataType>> = {
    text: arrow.utf8(),
    boolean: arrow.bool(),
    int32: arrow.int32(),
    int64: arrow.int64(),
    float32: arrow.float32(),
    float64: arrow.float64(),
  }
  return async function* (shapes, batches) {
    const held: Column<unknown>['data'][number][][] = shapes.map(() => [])
    for await (const batch of batches)
      for (const [at, { type }] of shapes.entries())
        for (const part of arrow.columnFromArray(batch[at] as unknown[], types[type]).data) held[at].push(part)
    const columns = shapes.map(({ name, type }, at): [string, Column<unknown>] => [
      name,
      held[at].length > 0 ? new arrow.Column(held[at], types[type]) : arrow.columnFromArray([], types[type]),
    ])
    const bytes = arrow.tableToIPC(arrow.tableFromColumns(columns), { format: 'file' })
    if (bytes !== null) yield bytes
  }
}
