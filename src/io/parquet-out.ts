/** Columns as the bytes of a Parquet file, a group of rows at a time: of what is written already nothing is held but where it stands. */
import type { ParquetWriter } from 'hyparquet-writer'
import type { ColumnBatch, ColumnEncoder, ColumnShape, ColumnType } from './column-batches.ts'
import { loadPeer } from './peer.ts'

/** @throws {RivuletError} WRITE_FAILED where the package is not there */
export async function parquetEncoder(who: string): Promise<ColumnEncoder> {
  const load = () => import('hyparquet-writer')
  const { ByteWriter, ParquetWriter } = await loadPeer('WRITE_FAILED', who, 'Parquet', ['hyparquet-writer'], load)
  return async function* (shapes, batches) {
    const writer = new ByteWriter()
    const parquet = new ParquetWriter({ writer, schema: schemaOf(shapes), createdBy: 'rivulet' })
    for await (const batch of batches) {
      // A writer that waits for nothing: all is done when it returns.
      void parquet.write({ columnData: columnsOf(shapes, batch), rowGroupSize: batch[0].length })
      yield writer.getBytes().slice()
      writer.index = 0
    }
    void parquet.finish()
    yield writer.getBytes()
  }
}

/** As the writer knows it, which brings a version of its own of hyparquet. */
type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]

const TYPES: Readonly<Record<ColumnType, Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
}

const schemaOf = (shapes: readonly ColumnShape[]): SchemaElement[] => [
  { name: 'table', num_children: shapes.length },
  ...shapes.map(({ name, type, nullable }) => ({
    ...TYPES[type],
    name,
    repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  })),
]

const columnsOf = (shapes: readonly ColumnShape[], batch: ColumnBatch) =>
  shapes.map(({ name }, at) => ({ name, data: batch[at] as Float64Array | string[] }))
