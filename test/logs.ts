import type { TrialLog } from '../src/tune/trial-log.ts'

/** A log of trials that can be looked into. */
export type MemoryLog = TrialLog & { readonly lines: object[] }

export const memory = (lines: object[] = []): MemoryLog => ({ lines, append: (line) => void lines.push(line) })
