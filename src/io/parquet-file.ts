/**
 * What the footer of a Parquet file says is in it, held against the bytes that are there before anything is read by it.
 *
 * A file ends with its facts (in Thrift's compact protocol), their length and `PAR1`; they say where in the file the pages of each column of each group of
 * rows begin. Cost: the footer.
 */
import type { ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet'
import { RivuletError } from '../support/errors.ts'
import type { Field } from './cell-batches.ts'
import { attempt, insist } from './damage.ts'

/** Bytes that can be read at any place. */
export interface ByteSource {
  readonly size: number
  /** As many bytes as there are from `start` to `end`, in a buffer of their own. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
}

/** A flat column, and what its cells mean. */
export interface ParquetField extends Field {
  readonly element: SchemaElement
  /** Its number among the columns that are not nested in others. */
  readonly leaf: number
}

export interface ParquetGroup {
  readonly rows: number
  /** The pages of a field, and where they stand. */
  chunkOf(field: ParquetField): { readonly facts: ColumnMetaData; readonly start: number; readonly end: number }
}

export interface ParquetFile {
  readonly fields: readonly ParquetField[]
  readonly groups: readonly ParquetGroup[]
}

type ReadMetadata = (footer: ArrayBuffer, options: { geoparquet: false }) => FileMetaData

const MAGIC = 0x31524150
const ENCRYPTED = 0x45524150
const END_BYTES = 8

/** A file that announces more rows than these and 64 a byte of its own holds no interactions of users, who differ. */
const MOST_ROWS_FOR_NOTHING = 16 * 1024 * 1024
const MOST_ROWS_A_BYTE = 64

/** @throws {RivuletError} INVALID_DATA for a file that is cut off, encrypted, damaged, or says what cannot be */
export async function readFooter(who: string, source: ByteSource, readMetadata: ReadMetadata): Promise<ParquetFile> {
  const { size } = source
  const end = Buffer.from(await source.read(Math.max(0, size - END_BYTES), size))
  if (end.length < END_BYTES) throw cutFile(who)
  if (end.readUInt32LE(4) === ENCRYPTED) throw encrypted(who)
  const length = end.readUInt32LE(0)
  if (end.readUInt32LE(4) !== MAGIC || length > size - END_BYTES - 4) throw cutFile(who)
  const footer = await source.read(size - END_BYTES - length, size)
  if (footer.length < length + END_BYTES) throw cutFile(who)
  const metadata = attempt(who, 'Parquet', () => readMetadata(footer.buffer, { geoparquet: false }))
  return attempt(who, 'Parquet', () => {
    const fields = fieldsOf(metadata.schema)
    const groups = metadata.row_groups.map((group) => groupOf(group, size - END_BYTES - length))
    const rows = groups.reduce((sum, group) => sum + group.rows, 0)
    insist(rows === Number(metadata.num_rows), 'rows that do not add up')
    insist(rows <= MOST_ROWS_FOR_NOTHING + MOST_ROWS_A_BYTE * size, `${rows} rows in ${size} bytes`)
    return { fields, groups }
  })
}

function groupOf(group: FileMetaData['row_groups'][number], limit: number): ParquetGroup {
  const rows = Number(group.num_rows)
  insist(Number.isSafeInteger(rows) && rows >= 0, 'a number of rows that is none')
  return {
    rows,
    chunkOf({ leaf, name, element }) {
      const { meta_data: facts, file_path: elsewhere } = group.columns[leaf] ?? {}
      insist(facts !== undefined && elsewhere === undefined, `no pages of column ${name}`)
      const isIts = facts.path_in_schema.length === 1 && facts.path_in_schema[0] === name && facts.type === element.type
      insist(isIts && Number(facts.num_values) === rows, `pages that are not of column ${name}`)
      const [dictionary, data] = [Number(facts.dictionary_page_offset ?? 0), Number(facts.data_page_offset)]
      const start = dictionary > 0 && dictionary < data ? dictionary : data
      const end = start + Number(facts.total_compressed_size)
      insist(start >= 4 && end >= start && end <= limit, `pages of column ${name} that lie beyond the end`)
      return { facts, start, end }
    },
  }
}

/** The columns at the top, those that are nested in parts too; these are refused when they are requested. */
function fieldsOf(schema: readonly SchemaElement[]): ParquetField[] {
  const fields: ParquetField[] = []
  let [at, leaf] = [1, 0]
  while (at < schema.length) {
    const element = schema[at]
    insist(typeof element.name === 'string', 'a column without a name')
    const field = { name: element.name, element, leaf, isTime: isTime(element), refused: refusedOf(element) }
    fields.push(field)
    for (let open = 1; open > 0; at++) {
      insist(at < schema.length, 'a schema that ends too early')
      const children = schema[at].num_children ?? 0
      insist(Number.isInteger(children) && children >= 0, 'a schema that is none')
      open += children - 1
      if (children === 0) leaf++
    }
  }
  insist(fields.length === schema[0]?.num_children, 'a schema that does not add up')
  return fields
}

const isTime = ({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  type === 'INT96' || converted === 'DATE' || /^TIMESTAMP/.test(converted ?? '') || isPoint(logical?.type)

const isPoint = (logical: string | undefined): boolean => logical === 'DATE' || logical === 'TIMESTAMP'

function refusedOf({ type, num_children: children, repetition_type: repetition, ...element }: SchemaElement) {
  if (children !== undefined && children > 0) return `nested columns (${nestedName(element)})`
  if (repetition === 'REPEATED') return 'a list'
  const isText = element.logical_type?.type === 'UUID'
  return type === 'FIXED_LEN_BYTE_ARRAY' && !isText ? 'bytes of a fixed length' : undefined
}

function nestedName({ converted_type: converted, logical_type: logical }: Partial<SchemaElement>): string {
  const kind = logical?.type ?? converted
  return kind === 'LIST' ? 'a list' : kind === 'MAP' ? 'a map' : 'a struct'
}

function cutFile(who: string): RivuletError {
  return new RivuletError('INVALID_DATA', {
    who,
    expected: 'a whole Parquet file',
    got: 'a file without its footer',
    todo: 'The file is cut off: copy or download it again.',
  })
}

function encrypted(who: string): RivuletError {
  const todo = 'Write it without encryption.'
  return new RivuletError('INVALID_DATA', { who, expected: 'a Parquet file', got: 'an encrypted one', todo })
}
