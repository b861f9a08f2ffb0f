/** The front door. */
export * from './browser.ts'

// The same on threads
export { Engine, type CallOptions, type EngineListOptions } from './engine.ts'
export type { EngineOptions } from './engine-options.ts'

// Files
export { readInteractions } from './io/read-interactions.ts'
export { readRecords, type ReadRecordsOptions, type TextRecord } from './io/read-records.ts'
export {
  readCheckpoint,
  readClusters,
  readCompiled,
  readEmbedding,
  writeCheckpoint,
  writeClusters,
  writeCompiled,
  writeEmbedding,
  type ReadSavedForOptions,
  type ReadSavedOptions,
} from './io/saved-files.ts'
export { openTrialLog, type TrialLogFile } from './io/trial-log.ts'
export { writeTextFile } from './io/write.ts'
export type { TimeUnit } from './io/cell-kinds.ts'
export type { Role as ColumnRole } from './io/column-names.ts'
export type { ColumnOptions } from './io/columns.ts'
export type { Format as FileFormat, GraphFormat, TextFormat } from './io/detect.ts'
export type { ReadInteractionsOptions } from './io/read-options.ts'
export type { Reading } from './io/reading.ts'
export type { Watch, Progress } from './run/protocol.ts'
