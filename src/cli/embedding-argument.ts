/** `--embedding FILE`: the vectors of a file as one more operator of the recipe. */
import { readEmbedding, RivuletError, type MethodName, type Recipe, type StoredEmbedding } from '../index.ts'
import { DEFAULT_RECIPE, embeddingProduct, mix } from '../advanced.ts'

export interface EmbeddingArguments {
  readonly embedding?: string | undefined
  readonly embeddingWeight?: number | undefined
}

/**
 * The recipe with the operator that `--embedding` asks for, unless it has one.
 *
 * @param recipe what was given otherwise
 * @throws {RivuletError} UNKNOWN_OPTION for a method that takes no vectors, INVALID_OPTION for a weight that belongs to nothing, or is in the recipe already
 */
export function withEmbedding(
  recipe: Recipe | undefined,
  given: EmbeddingArguments & { readonly method?: MethodName | undefined },
): Recipe | undefined {
  const { method, embedding, embeddingWeight: weight } = given
  if (embedding === undefined && weight === undefined) return recipe
  if (method !== undefined && method !== 'graph-filter') {
    throw new RivuletError('UNKNOWN_OPTION', {
      who: embedding === undefined ? '--embedding-weight' : '--embedding',
      expected: "method 'graph-filter'",
      got: `'${method}'`,
      todo: 'Leave one of the two out.',
    })
  }
  const { operators, ...exponents } = recipe ?? DEFAULT_RECIPE
  const hasOne = operators.some(({ operator }) => operator === 'embedding')
  if (weight !== undefined && (embedding === undefined || hasOne)) {
    throw new RivuletError('INVALID_OPTION', {
      who: '--embedding-weight',
      expected: hasOne ? "a recipe without operator 'embedding'" : 'vectors to weigh: --embedding',
      got: hasOne ? 'one that says what it weighs' : 'none',
      todo: hasOne ? 'Say it in one place.' : 'Give --embedding FILE too, or leave the weight out.',
    })
  }
  return hasOne ? recipe : mix([...operators, embeddingProduct(weight === undefined ? {} : { weight })], exponents)
}

/** The library's option `embedding`, if it was asked for. @throws {RivuletError} READ_FAILED */
export async function readVectors({ embedding }: EmbeddingArguments): Promise<{ embedding?: StoredEmbedding }> {
  return embedding === undefined ? {} : { embedding: await readEmbedding(embedding) }
}
