/** The front door. */
export { Engine, type CallOptions } from './engine.ts'
export type { EngineOptions } from './engine-options.ts'
export { compile, type CompileOptions } from './recommend/compile.ts'
export { CompiledRecommender, type CompiledListOptions, type CompiledTableOptions } from './recommend/compiled.ts'
export type { CompiledFacts } from './recommend/compiled-format.ts'
export { recommend, recommendFor, explain, type RecommendOptions } from './recommend/recommend.ts'
export type { ProfileEntry, ProfileSource } from './recommend/profile.ts'
export type { Id } from './support/key-index.ts'
export type { Rankings, Recommendation } from './recommend/rankings.ts'
export type { Contribution, Explanation } from './recommend/explain.ts'
export { METHOD_NAMES, type MethodName, type MethodOptions } from './recommend/methods/methods.ts'
export type { UserClusters } from './recommend/cluster-prior.ts'
export type { ListOptions, RecommenderOptions } from './recommend/request.ts'
export type { SimilarUser } from './recommend/similar-users.ts'

export { fit, type Fit, type ValidationScore } from './tune/fit.ts'
export type { FitOptions } from './tune/fit-options.ts'
export { tune, type Tuning } from './tune/tune.ts'
export type { MetricName, TunableName, TuneOptions } from './tune/tune-options.ts'
export { searchOptions, type SearchOptions } from './tune/search-options.ts'
export type { Search, Trial } from './tune/search.ts'
export type { SearchSpace } from './tune/search-space.ts'
export type { SearchRange } from './support/spec.ts'
export type { TrialLog } from './tune/trial-log.ts'
export { openTrialLog, type TrialLogFile } from './io/trial-log.ts'
export { balanceSignals, type BalanceSignalsOptions, type SignalBalance } from './tune/balance-signals.ts'
export { fitSignals, type FitSignalsOptions, type SignalFit, type SignalTrial } from './tune/fit-signals.ts'
export type { SignalPoint } from './tune/signal-search.ts'
export { embeddingProduct, lowPass, resolvent, spreading, walk } from './recommend/methods/operators.ts'
export type {
  EmbeddingProduct,
  LowPass,
  RecipeOperator,
  Resolvent,
  Spreading,
  SpreadingOperator,
  Walk,
} from './recommend/methods/operators.ts'
export { DEFAULT_RECIPE, mix, type Recipe } from './recommend/methods/recipe.ts'

export { labelSpreading, type LabelSpreadingOptions } from './label/label-spreading.ts'
export { labelPropagation, type LabelPropagationOptions } from './label/label-propagation.ts'
export { poissonLearning, type PoissonLearningOptions } from './label/poisson-learning.ts'
export {
  personalizedPageRank,
  type PageRanks,
  type PersonalizedPageRankOptions,
} from './label/personalized-pagerank.ts'
export type { Labelling } from './label/labelling.ts'
export type { ClassPrior, ClassShares, DecisionRule } from './label/decide.ts'
export type { Label, RestartSource, SeedEntry, SeedSource, SeedValue } from './label/seeds.ts'
export { inferLabels, type InferLabelsOptions, type InferredLabelling, type LabelMethod } from './label/infer-labels.ts'
export {
  predictRatings,
  type RatingPrediction,
  type RatingPredictions,
  type RatingPredictor,
} from './ratings/predict-ratings.ts'
export type { PredictRatingsOptions } from './ratings/options.ts'
export type { RatingBalance } from './ratings/balance.ts'
export { selfTraining, type SelfTraining } from './label/self-training.ts'
export type { RoundsEnd, SelfTrainingRound } from './label/self-training-rounds.ts'
export type { SelfTrainingOptions } from './label/self-training-options.ts'
export type { PseudoLabel } from './label/pseudo-labels.ts'
export type { Ramp } from './label/ramp.ts'
export type { SelectionRule } from './label/select-pseudo-labels.ts'
export type { Source, Weighted } from './network/network.ts'

export {
  findBalance,
  type Balance,
  type BalanceChoice,
  type BalanceOptions,
  type BalancePoint,
  type LossesAt,
} from './calibrate/balance.ts'
export {
  fitCalibrator,
  type Calibrator,
  type CalibratorOptions,
  type CalibrationMethod,
} from './calibrate/calibration.ts'
export { fitTemperature, type Temperature, type TemperatureOptions } from './calibrate/score-temperature.ts'
export type { ScoreRows } from './calibrate/score-rows.ts'
export {
  conformalIntervals,
  conformalSets,
  type ConformalIntervals,
  type ConformalSets,
  type Interval,
  type IntervalOptions,
  type SetOptions,
} from './calibrate/conformal.ts'

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
export type { Distinctive } from './cluster/distinctive.ts'
export type { ClusterFacts } from './cluster/facts.ts'
export type { ClusterOptions, Clusters } from './cluster/options.ts'
export { clusterPlane } from './cluster/plane.ts'
export { clusterItems, clusterUsers } from './cluster/cluster-users.ts'
export type { DataFacts } from './embed/data-facts.ts'
export type { Embedding } from './embed/embedding.ts'
export type { EmbeddingFacts, EmbeddingMethod, StoredEmbedding } from './embed/embedding-facts.ts'
export { contrastiveEmbedding, type ContrastiveEmbedding } from './embed/contrastive-embedding.ts'
export type { ContrastiveCheckpoint, TrainingFingerprint, ValidationScores } from './embed/contrastive-checkpoint.ts'
export type { ContrastiveEmbeddingOptions, TrainingProgress } from './embed/contrastive-options.ts'
export { spectralEmbedding, type SpectralEmbedding, type SpectralEmbeddingOptions } from './embed/spectral-embedding.ts'

export { balanceDiagram, type BalanceDiagramOptions } from './report/balance-svg.ts'
export { clusterDiagram, type ClusterDiagramOptions } from './report/cluster-svg.ts'
export { reliabilityDiagram, type ReliabilityDiagramOptions } from './report/reliability-svg.ts'

export type { Interactions } from './data/interactions.ts'
export type { DataFingerprint } from './data/data-fingerprint.ts'
export { fromColumns, type InteractionColumns } from './data/from-columns.ts'
export { fromRows, type RowMapping } from './data/from-rows.ts'
export { kCore, mergeDuplicates, type DuplicateRule } from './data/clean.ts'
export type { SignalRole, SignalRule, SignalRules, Signals } from './data/signal-rules.ts'
export type { SignalTransform } from './data/signal-transforms.ts'
export { describeSignals, inferSignals, type SignalDescription } from './data/infer-signals.ts'
export { joinInteractions } from './data/join-interactions.ts'
export { renameSignals, selectSignals } from './data/signals.ts'
export { cutProfiles, type CutProfiles, type CutProfilesOptions } from './data/cut-profiles.ts'
export { splitSessions, type SplitSessionsOptions } from './data/sessions.ts'
export { splitByTime, splitLeaveLastOut, splitRandom, type Split } from './data/split.ts'
export { toGraph } from './graph/to-graph.ts'
export { toInteractions, type ToInteractionsOptions } from './graph/to-interactions.ts'
export { readInteractions } from './io/read-interactions.ts'
export type { ReadInteractionsOptions } from './io/read-options.ts'
export type { Reading } from './io/reading.ts'
export { readRecords } from './io/read-records.ts'
export { writeTextFile } from './io/write.ts'

export { evaluate, evaluateRankings } from './evaluate/evaluate.ts'
export type { ActivityScores } from './evaluate/activity.ts'
export type { EvaluateOptions, EvaluateRankingsOptions, Evaluation } from './evaluate/evaluation.ts'
export { scoreLabels, calibration, type Calibration, type CalibrationBin } from './evaluate/labels.ts'
export { mae, rmse } from './evaluate/ratings.ts'
export {
  scoreRatings,
  type ActivityErrors,
  type RatingScores,
  type ScoreRatingsOptions,
} from './evaluate/score-ratings.ts'
export { pairedBootstrap, type PairedBootstrap } from './evaluate/significance.ts'
export { splitFingerprint, type SplitFingerprint } from './evaluate/fingerprint.ts'
export { publishedResults, type PublishedResult, type PublishedSplit } from './evaluate/published.ts'

export { RivuletError, type RivuletErrorCode } from './support/errors.ts'
