import { expect } from 'vitest'

/** What a refusal of this library looks like, for `toThrow` and `rejects`. @param told part of its message */
export const coded = (code: string, told = ''): Error =>
  expect.objectContaining({ name: 'RivuletError', code, message: expect.stringContaining(told) as string }) as Error
