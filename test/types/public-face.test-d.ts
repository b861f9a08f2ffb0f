import { describe, expectTypeOf, it } from 'vitest'
import type { RivuletError, RivuletErrorCode } from '../../src/support/errors.ts'

describe('RivuletError', () => {
  it('carries a code one can switch on', () => {
    expectTypeOf<RivuletError['code']>().toEqualTypeOf<RivuletErrorCode>()
    expectTypeOf<'MEMORY_LIMIT'>().toExtend<RivuletErrorCode>()
    expectTypeOf<string>().not.toExtend<RivuletErrorCode>()
  })

  it('is an error', () => {
    expectTypeOf<RivuletError>().toExtend<Error>()
  })
})
