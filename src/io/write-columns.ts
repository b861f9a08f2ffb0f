/** Columns into files in binary: Parquet and Arrow, by the name's ending. */
import { RivuletError, show } from '../support/errors.ts'
import { arrowEncoder } from './arrow-out.ts'
import { batchesOf, shapesOf, type ColumnEncoder, type NamedColumns } from './column-batches.ts'
import { parquetEncoder } from './parquet-out.ts'
import { writeChunks } from './write.ts'

const ENCODERS: Readonly<Record<string, (who: string) => Promise<ColumnEncoder>>> = {
  parquet: parquetEncoder,
  arrow: arrowEncoder,
  feather: arrowEncoder,
}

/** Endings of names, with the points. */
export const COLUMN_ENDINGS = Object.keys(ENCODERS).map((ending) => `.${ending}`)

/**
 * What makes the bytes of a file, by its name; `undefined` for a name with another ending.
 *
 * @throws {RivuletError} WRITE_FAILED for a package that is not there
 */
export function columnEncoder(path: string): Promise<ColumnEncoder> | undefined {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  return Object.hasOwn(ENCODERS, ending) ? ENCODERS[ending](`writing ${show(path)}`) : undefined
}

/**
 * Writes a table to a file, whole or not at all, as `writeTextFile` does: Parquet (`.parquet`, with the package hyparquet-writer) or Arrow (`.arrow`, `.feather`, with
 * @uwdata/flechette 2.3.0).
 *
 * Typed arrays become numbers of their width (of 32 bits where they are narrower, 64 for `Uint32Array`), arrays become texts, booleans or float64; `null` is an empty cell.
 *
 * @param path the file; its ending says the format
 * @param columns cells by the names of their columns, all of one length
 * @throws {RivuletError} INVALID_OPTION for another ending; INVALID_DATA for columns of different lengths or cells of different kinds; WRITE_FAILED naming the path, or the package that
 * is not there
 * @example
 * ```ts
 * await writeColumns('scores.parquet', { user: ['ann', 'bob'], score: Float32Array.of(0.5, 0.25) })
 * ```
 */
export async function writeColumns(path: string, columns: NamedColumns): Promise<void> {
  const encode = await (typeof path === 'string' ? columnEncoder(path) : undefined)
  if (encode === undefined) throw unknownEnding(path)
  const who = `writeColumns(${show(path)})`
  const shapes = shapesOf(who, columns)

  const batches = async function* () {
    yield* batchesOf(columns, shapes)
  }
  await writeChunks(path, encode(shapes, batches()))
}

function unknownEnding(path: unknown): RivuletError {
  return new RivuletError('INVALID_OPTION', {
    who: 'writeColumns',
    expected: `a path that ends in ${COLUMN_ENDINGS.join(', ')}`,
    got: show(path),
    todo: 'Use such a name, or write text with writeTextFile.',
  })
}
