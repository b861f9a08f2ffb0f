/** The workshop door without threads, as a browser has it; `advanced.ts` adds the pool. */
export type * from './browser.ts'

export { Arena, type Memory } from './memory/arena.ts'
export { layOut, type Layout, type Section, type ElementType, type SectionRequest } from './memory/layout.ts'
export type { MemoryBudget, Wish } from './memory/budget.ts'
export type { Parts } from './memory/limit.ts'
export { buildCsr, mirrorEdges, type Coordinates } from './matrix/build.ts'
export {
  columnDegrees,
  rowDegrees,
  CsrMatrix,
  SparseRows,
  type CsrArrays,
  type RowWindow,
  type WeightedMatrix,
} from './matrix/csr.ts'
export { transpose, turnWindows } from './matrix/turn.ts'
export {
  degreePower,
  degreesOf,
  sideScales,
  type Degrees,
  type Normalization,
  type SideScales,
} from './matrix/normalize.ts'
export { cutWindows, type Window, type MatrixShape } from './matrix/windows.ts'
export {
  BLOCK_WIDTHS,
  type Addition,
  type BlockWidth,
  type CrossProducts,
  type DenseProduct,
  type Kernel,
  type KernelName,
  type LargestProducts,
  type LessProducts,
  type NormalProduct,
  type RankedList,
  type RankedRows,
  type Recurrence,
  type RecurrenceStep,
  type ScaledRows,
  type SparseProduct,
} from './kernel/kernel.ts'
export type { Drop, Loop, MatrixOffsets } from './kernel/loop.ts'
export { bestKernel, openKernel } from './kernel/kernels.ts'
export type {
  AdamRows,
  EdgeGradients,
  KnownItems,
  LengthGradients,
  LossRows,
  NoisyRows,
  PairRows,
  SameIds,
  TakenRows,
  TurnedRows,
  UnitRows,
} from './kernel/training.ts'
export { readMachine, type Machine } from './plan/machine.ts'
export {
  planSweep,
  type PlanOptions,
  type SweepPlan,
  type SweepShape,
  type DenseShape,
  type SectionName,
} from './plan/plan.ts'
export { planTraining, type TrainPlan, type TrainShape, type TrainLayout } from './plan/train-plan.ts'
export { planInverse } from './plan/inverse-plan.ts'
export { planProduct, productCost } from './plan/product-plan.ts'
export type {
  AddedLists,
  MetItems,
  OfferedItems,
  OfferedSums,
  ProfileEntries,
  RankingLoops,
  SummedLists,
} from './kernel/ranking.ts'
export type { AddedPacked, OfferedPlaces, ServingLoops } from './kernel/serving.ts'
export { planRanking } from './plan/rank-plan.ts'
export { aboutTime, explainPlan, summarizePlan, type Plan } from './plan/explain.ts'
export { prepareNetwork, type PreparedNetwork } from './network/prepared.ts'
export type {
  NamedNetwork,
  Network,
  NetworkRelations,
  RelationPart,
  Sides,
  StoredMatrix,
  TableSides,
} from './network/network.ts'
export {
  columnCount,
  type Output,
  type Seeds,
  type Sweep,
  type SweepAnswer,
  type Addend,
  type DenseSeeds,
  type KeptSeeds,
  type Operator,
  type PanelNumber,
  type RowSeeds,
  type SparseSeeds,
  type SweepFacts,
  type AnswerTo,
  type AsWanted,
  type TopLists,
  type ColumnLists,
} from './request/sweep.ts'
export { planSweepOn, readSweep, writeSweep, type SweepJob, type KeptJob } from './run/sweep-job.ts'
export { workOn } from './run/sweep-member.ts'
export {
  aboutEdges,
  inverse,
  on,
  product,
  rank,
  sweep,
  train,
  type Algorithm,
  type Answer,
  type Detached,
  type On,
  type OnBehalf,
  type Question,
  type Request,
  type Share,
  type Work,
} from './request/request.ts'
export type { WorkCosts } from './plan/costs.ts'
export type {
  AboutEdges,
  AnswerAboutEdges,
  Crossing,
  ExactProduct,
  Reach,
  RowsAsked,
  Sendings,
  Ties,
} from './request/edges.ts'
export type { KeyColumns } from './sql/connect-options.ts'
export type { Columns, QuerySource, ResultColumn } from './sql/connection.ts'
export type { Adjacency } from './network/adjacency.ts'
export type { Inverse, InverseAnswer, InverseWanted } from './request/inverse.ts'
export type { LessVectors, LevelVectors, Product, ProductAnswer } from './request/product.ts'
export type { LentLists, Rank, RankFilter, RankTable } from './request/rank.ts'
export { levelVectors } from './solve/level-vectors.ts'
export { listTable, rankTable } from './solve/rank-table.ts'
export type { Train, Trained, Batches, Encoder, TrainLoss, Views } from './request/train.ts'
export { atOnce, drive, driveAsync } from './support/drive.ts'
export { PAUSE, type Pause, type Sliced } from './support/pause.ts'
export type { Option, Spec } from './support/spec.ts'
export {
  adaptiveSchedule,
  chooseSolver,
  fixedSchedule,
  type Schedule,
  type Solver,
  type SolveRequest,
} from './plan/schedule.ts'
export { solveInThread, type InThreadOptions, type Solve } from './run/in-thread.ts'
export { readRecipe } from './recommend/methods/recipe.ts'
export { resolveList, type ListRequest } from './recommend/request.ts'
export { describeDrift, type DriftOptions, type RecencyRequest } from './recommend/recency.ts'
export type { Drift } from './data/drift.ts'
export type { TimedRows } from './data/timed-rows.ts'
export { ratingEntries } from './ratings/predict-ratings.ts'
export { resolveRatings } from './ratings/options.ts'
export { encodeSaved, type SavedFormat, type Content } from './support/sections.ts'
export { decodeSaved } from './plan/file-limits.ts'
export { CHECKPOINT_FORMAT } from './embed/checkpoint-format.ts'
export { CLUSTERS_FORMAT } from './cluster/clusters-format.ts'
export { EMBEDDING_FORMAT } from './embed/embedding-format.ts'
export type { ResolvedContrastive } from './embed/contrastive-options.ts'
export type { ResolvedClusterOptions } from './cluster/options.ts'
export { tuneModel, type ModelSearch, type ModelTrainer, type ModelTuning } from './tune/own-model.ts'
export { resolveTune, SEARCH_NAMES, TUNABLE_NAMES, type ResolvedTune } from './tune/tune-options.ts'
export type { BadRowRule } from './data/bad-rows.ts'
export type { UnknownRule } from './support/unknown-ids.ts'
export { DenseKeyIndex } from './support/key-index.ts'
export { printable, printableLines } from './support/errors.ts'
export type { Check } from './support/options.ts'
export type { NumberArrays, SectionContents } from './support/section-contents.ts'
export type { HeapRoom } from './support/stored-json.ts'
export type { Refusals } from './support/saved-kind.ts'
export { sweepWindow, turnedWindow, type WindowSweep } from './run/sweep-window.ts'
export type { JobHead } from './run/control.ts'
export type { Member } from './run/control.ts'
export { singularVectors, type SingularVectors, type SingularVectorsOptions } from './solve/singular-vectors.ts'

// Ingredients of recipes, and measures that few need
export {
  findBalance,
  type Balance,
  type BalanceChoice,
  type BalanceOptions,
  type BalancePoint,
  type LossesAt,
} from './calibrate/balance.ts'
export { fitTemperature, type Temperature, type TemperatureOptions } from './calibrate/score-temperature.ts'
export {
  momentText,
  secondsOf,
  spanText,
  timesOf,
  unitOfSpan,
  type KnownSpan,
  type UnitOfTime,
} from './data/durations.ts'
export { splitColdItems, type SplitColdItemsOptions } from './data/cold-split.ts'
export { splitRolling, type SplitRollingOptions } from './data/rolling.ts'
export { splitFolds, type SplitFoldsOptions } from './data/folds.ts'
export {
  crossValidate,
  type CrossValidateOptions,
  type CrossValidation,
  type Trainer,
} from './evaluate/cross-validate.ts'
export { project, type ProjectOptions } from './graph/project.ts'
export { poolEvaluations, type PooledEvaluation } from './evaluate/pool.ts'
export { cutProfiles, type CutProfiles, type CutProfilesOptions } from './data/cut-profiles.ts'
export { splitFingerprint, type SplitFingerprint } from './evaluate/fingerprint.ts'
export { publishedResults, type PublishedResult, type PublishedSplit } from './evaluate/published.ts'
export { mae, rmse } from './evaluate/score-ratings.ts'
export { METHOD_NAMES } from './recommend/methods/methods.ts'
export {
  embeddingProduct,
  lowPass,
  resolvent,
  spreading,
  walk,
  type OperatorSettings,
} from './recommend/methods/operators.ts'
export { DEFAULT_RECIPE, mix } from './recommend/methods/recipe.ts'
export type { Query } from './recommend/methods/model.ts'
export type { NeighboursOf } from './recommend/methods/neighbours.ts'
export { balanceDiagram, type BalanceDiagramOptions } from './report/balance-svg.ts'
export { clusterDiagram, type ClusterDiagramOptions } from './report/cluster-svg.ts'
export { reliabilityDiagram, type ReliabilityDiagramOptions } from './report/reliability-svg.ts'
export type { ColumnOptions } from './io/columns.ts'
export type { Reading } from './io/reading.ts'
export type { Format, GraphFormat, TextFormat } from './io/detect.ts'
export type { Role } from './io/column-names.ts'
export type { TimeUnit } from './io/cell-kinds.ts'
export {
  toColumns,
  toRows,
  type IdSource,
  type ListEntry,
  type ListsByKey,
  type ValuesByNode,
  type DataColumn,
  type DataColumns,
  type DataRow,
  type Tabular,
} from './report/rows.ts'
export {
  diversify,
  intraListDiversity,
  type DiversifyOptions,
  type ListDiversity,
  type ListDiversityOptions,
  type ItemLists,
} from './recommend/diversify.ts'
export { score, type ScoredPair, type ScorePairsOptions } from './recommend/score.ts'
export { rowsWhere, takeRows } from './data/take-rows.ts'
export type { Weighing } from './data/signal-weights.ts'
export { seededRandom, type Random } from './support/random.ts'
export { openNetwork, type NetworkOptions } from './network/open.ts'
export { mapGraph } from './graph/mapping.ts'
export { toNodeGraph } from './graph/to-node-graph.ts'
