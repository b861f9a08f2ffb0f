/** Optional packages for some file formats, to be installed if needed. */
import { RivuletError, type RivuletErrorCode } from '../support/errors.ts'

/**
 * Loads optional packages.
 *
 * @param code of the error
 * @param packages their names, as npm installs them
 * @param need what needs them: 'Parquet'
 * @throws {RivuletError} that says which to install
 */
export async function loadPeer<Modules>(
  code: RivuletErrorCode,
  who: string,
  need: string,
  packages: readonly string[],
  load: () => Promise<Modules>,
): Promise<Modules> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new RivuletError(code, {
      who,
      expected: `the packages that ${need} needs`,
      got: (error as Error).message.split(' imported from')[0],
      todo: `Install them: npm install ${packages.join(' ')}`,
      details: { packages },
      cause: error,
    })
  }
}
