/** The workshop door: matrices, plans, kernels and solvers, for benchmarks and for building algorithms of one's own. */
export * from './browser-advanced.ts'
export { WorkerPool, type PoolOptions } from './run/pool.ts'
export type { AnyJob, Watch, Progress } from './run/protocol.ts'
export type { TrainJob } from './run/train-job.ts'
export type { InverseJob } from './run/inverse-job.ts'
export type { ProductJob } from './run/product-job.ts'
export { METHOD_OPTIONS, OPTIONS } from './option-table.ts'
export { Executor, type ExecutorOptions } from './run/executor.ts'
