/** The workshop door: matrices, plans, kernels and solvers, for benchmarks and for building algorithms of one's own. */
export { Arena } from './memory/arena.ts'
export { layOut, type Layout, type Section } from './memory/layout.ts'
export { buildCsr, mirrorEdges, type Coordinates } from './matrix/build.ts'
export { columnDegrees, rowDegrees, type CsrMatrix } from './matrix/csr.ts'
export { transpose, turnWindows } from './matrix/turn.ts'
export { degreePower, degreesOf, sideScales, type Degrees, type Normalization } from './matrix/normalize.ts'
export { cutWindows, type Window } from './matrix/windows.ts'
export { BLOCK_WIDTHS, type BlockWidth, type Kernel, type KernelName, type RecurrenceStep } from './kernel/kernel.ts'
export { bestKernel, openKernel } from './kernel/select.ts'
export { readMachine, type Machine } from './plan/machine.ts'
export { planSweep, type PlanOptions, type SweepPlan, type SweepShape } from './plan/plan.ts'
export { planTraining, type TrainPlan, type TrainShape } from './plan/train-plan.ts'
export { explainPlan, summarizePlan, type Plan } from './plan/explain.ts'
export { adaptiveSchedule, chooseSolver, fixedSchedule, type Schedule, type Solver } from './plan/schedule.ts'
export { prepareMatrix, type PreparedMatrix } from './network/prepared.ts'
export { columnCount, type Output, type Seeds, type Sweep, type SweepAnswer } from './request/sweep.ts'
export { planSweepOn, readSweep, writeSweep, type SweepJob } from './run/sweep-job.ts'
export { workOn } from './run/sweep-member.ts'
export { solveInThread } from './run/in-thread.ts'
export { WorkerPool, type PoolOptions } from './run/pool.ts'
export {
  on,
  sweep,
  train,
  type Algorithm,
  type Answer,
  type Detached,
  type On,
  type Question,
  type Request,
} from './request/request.ts'
export type { Train, Trained } from './request/train.ts'
export { atOnce, drive, driveAsync } from './support/drive.ts'
export { PAUSE, type Pause, type Sliced } from './support/pause.ts'
export { readRecipe } from './recommend/methods/recipe.ts'
export { resolveList, type ListRequest } from './recommend/request.ts'
export { ratingEntries } from './ratings/predict-ratings.ts'
export { resolveRatings } from './ratings/options.ts'
export { encodeSaved, type SavedFormat } from './support/sections.ts'
export { decodeSaved } from './plan/file-limits.ts'
export { CHECKPOINT_FORMAT } from './embed/checkpoint-format.ts'
export { CLUSTERS_FORMAT } from './cluster/clusters-format.ts'
export { EMBEDDING_FORMAT } from './embed/embedding-format.ts'
export { resolveContrastive } from './embed/contrastive-options.ts'
export { resolveSpectral } from './embed/spectral-embedding.ts'
export { resolveClusters } from './cluster/options.ts'
export { resolveTune, TUNABLE_NAMES } from './tune/tune-options.ts'
export { resolveFit, type ResolvedFitOptions } from './tune/fit-options.ts'
export { DenseKeyIndex } from './support/key-index.ts'
export { printable, printableLines } from './support/printable.ts'
export { sweepWindow, turnedWindow, type WindowSweep } from './run/sweep-window.ts'
export { singularVectors, type SingularVectors, type SingularVectorsOptions } from './solve/singular-vectors.ts'
export { METHOD_OPTIONS, OPTIONS } from './option-table.ts'
export type { Option, Spec } from './support/spec.ts'
