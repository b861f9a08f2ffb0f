/** The front door without files and threads, as a browser has it. What touches neither is handed out here; `index.ts` adds the rest. */

// Tables and graphs
export type { Interactions } from './data/interactions.ts'
export type { DataFingerprint } from './data/data-fingerprint.ts'
export type { BadRowRule } from './data/bad-rows.ts'
export {
  fromRows,
  type CheckedMapping,
  type MappingOf,
  type RowKey,
  type RowMapping,
  type RowRole,
} from './data/from-rows.ts'
export type { GivenRelations, Relation, RelationOptions, Relations } from './data/relation-options.ts'
export { fromColumns, type InteractionColumns, type KeyColumn } from './data/from-columns.ts'
export { toGraph } from './graph/to-graph.ts'
export { toInteractions, type GraphInteractions } from './graph/to-interactions.ts'
export type {
  EdgeReader,
  EdgeWeight,
  GraphMapping,
  MappedGraph,
  NodeReader,
  KindValue,
  ResolvedGraphMapping,
} from './graph/mapping.ts'
export {
  kCore,
  mergeDuplicates,
  type DuplicateRule,
  type KCoreOptions,
  type MergeDuplicatesOptions,
} from './data/clean.ts'
export { joinInteractions } from './data/join-interactions.ts'
export type { Id, KeyIndex } from './support/key-index.ts'
export type { UnknownRule } from './support/unknown-ids.ts'
export type { Source, Weighted } from './network/open.ts'

// Signals: what an interaction is, and what it counts
export { renameSignals, selectSignals } from './data/signals.ts'
export type { SignalRole, SignalRule, SignalRules, Signals, ResolvedRule } from './data/signal-rules.ts'
export type { SignalTransform } from './data/signal-transforms.ts'
export { describeSignals, inferSignals, type SignalDescription } from './data/infer-signals.ts'

// Splits for a fair measure
export {
  splitByTime,
  splitLeaveLastOut,
  splitRandom,
  type Split,
  type SplitByTimeOptions,
  type SplitRandomOptions,
} from './data/split.ts'
export { splitSessions, type SplitSessionsOptions } from './data/sessions.ts'

// Labels for nodes, from a few seeds
export { inferLabels, type InferLabelsOptions, type InferredLabelling, type LabelMethod } from './label/infer-labels.ts'
export { labelPropagation, type LabelPropagationOptions } from './label/label-propagation.ts'
export { labelSpreading, type LabelSpreadingOptions } from './label/label-spreading.ts'
export {
  personalizedPageRank,
  type PageRanks,
  type PersonalizedPageRankOptions,
} from './label/personalized-pagerank.ts'
export { poissonLearning, type PoissonLearningOptions } from './label/poisson-learning.ts'
export { selfTraining, type SelfTraining } from './label/self-training.ts'
export type { ClassPrior, ClassShares, DecisionRule } from './label/decide.ts'
export type { Labeller, LabellerOptions } from './label/labeller.ts'
export type { CallOf, DefaultsOf, Method, OptionsOf, ResolvedOf, SourceFunction } from './method/define-method.ts'
export type { SourceOptions } from './method/source-options.ts'
export type { Labelling } from './label/labelling.ts'
export type { PseudoLabel, Ramp } from './label/pseudo-labels.ts'
export type { Label, RestartSource, SeedEntry, SeedSource, SeedValue } from './label/seeds.ts'
export type { SelectionRule } from './label/select-pseudo-labels.ts'
export type { SelfTrainingOptions } from './label/self-training-options.ts'
export type { RoundsEnd, SelfTrainingRound } from './label/self-training-rounds.ts'

// Ranked items
export { compile, type CompileOptions } from './recommend/compile.ts'
export {
  CompiledRecommender,
  type CompiledExplainOptions,
  type CompiledListOptions,
  type CompiledRecencyOptions,
  type CompiledTableOptions,
  type UnknownItemOptions,
} from './recommend/compiled.ts'
export {
  recommend,
  recommendFor,
  similarItems,
  type ItemRecommender,
  type ListFunction,
  type RecommendOptions,
  type SimilarItems,
} from './recommend/recommend.ts'
export type { UserClusters } from './recommend/cluster-prior.ts'
export type { CompiledFacts, CompiledParts } from './recommend/compiled-format.ts'
export type { CompiledFilter, CompiledHead } from './recommend/compiled-head.ts'
export type { ColdItems, CompiledRelation, CompiledRelations } from './recommend/compiled-relations.ts'
export { explain, type Contribution, type Explanation, type RelationContribution } from './recommend/explain.ts'
export type {
  MethodChoice,
  MethodName,
  MethodOptions,
  NamedMethod,
  OptionsOfOthers,
  OwnMethodOptions,
} from './recommend/methods/methods.ts'
export type {
  EmbeddingProduct,
  LowPass,
  RecipeOperator,
  Resolvent,
  Spreading,
  SpreadingOperator,
  Walk,
} from './recommend/methods/operators.ts'
export type { Recipe } from './recommend/methods/recipe.ts'
export type { Attributes, Person } from './recommend/person.ts'
export type { ProfileEntry, ProfileSource } from './recommend/profile.ts'
export type { RankedItems, Rankings, Recommendation } from './recommend/rankings.ts'
export type {
  AskedOptions,
  Exclusion,
  ItemFilter,
  ListOptions,
  RecommenderOptions,
  SelectionOptions,
  UserListOptions,
} from './recommend/request.ts'
export type { Duration, Moment } from './data/durations.ts'
export type { OrderOptions } from './recommend/profile-order.ts'
export type { KnownRule, Recency, RecencyOptions, RecencyRule } from './recommend/recency.ts'
export type { ScoredPair, ScorePairsOptions } from './recommend/score.ts'
export { similarUsers, type SimilarUser, type SimilarUsersOptions } from './recommend/similar-users.ts'
export type { PackedRows } from './recommend/packed-rows.ts'
export type { Popularity } from './recommend/methods/popularity.ts'

// Ratings
export {
  predictRatings,
  type RatingPrediction,
  type RatingPredictions,
  type RatingPredictor,
} from './ratings/predict-ratings.ts'
export type { RatingBalance } from './ratings/balance.ts'
export type { PredictRatingsOptions, RatingOptions } from './ratings/options.ts'

// Vectors
export { contrastiveEmbedding, type ContrastiveEmbedding } from './embed/contrastive-embedding.ts'
export { spectralEmbedding, type SpectralEmbedding, type SpectralEmbeddingOptions } from './embed/spectral-embedding.ts'
export type { ContrastiveCheckpoint, TrainingFingerprint, ValidationScores } from './embed/contrastive-checkpoint.ts'
export type { ContrastiveEmbeddingOptions, TrainingProgress } from './embed/contrastive-options.ts'
export type { DataFacts } from './embed/data-facts.ts'
export type { EmbeddingFacts, EmbeddingMethod, StoredEmbedding } from './embed/data-facts.ts'
export type { Embedding } from './embed/embedding.ts'

// Clusters
export { clusterItems, clusterUsers } from './cluster/cluster-users.ts'
export { clusterPlane } from './cluster/plane.ts'
export type { Distinctive } from './cluster/distinctive.ts'
export type { ClusterFacts } from './cluster/facts.ts'
export type { ClusterSide } from './cluster/members.ts'
export type { ClusterOptions, Clusters } from './cluster/options.ts'

// How good it is
export { evaluate, evaluateRankings } from './evaluate/evaluate.ts'
export {
  calibration,
  scoreLabels,
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  type LabelScores,
  type ClassScore,
} from './evaluate/labels.ts'
export {
  scoreRatings,
  type ActivityErrors,
  type RatingScores,
  type ScoreRatingsOptions,
} from './evaluate/score-ratings.ts'
export { pairedBootstrap, type PairedBootstrap, type PairedBootstrapOptions } from './evaluate/significance.ts'
export type { ActivityScores } from './evaluate/activity.ts'
export type { ItemAgeScores } from './evaluate/item-age.ts'
export type { RankedLists, RankingModel, Recommender, RankedList, RankedItem } from './evaluate/collect-lists.ts'
export type { EvaluateOptions, EvaluateRankingsOptions, Evaluation, EvaluationAudit } from './evaluate/evaluation.ts'
export type { RankingMetricName } from './evaluate/ranking.ts'
export type { RankedRows } from './evaluate/score-lists.ts'
export type { SplitFingerprint } from './evaluate/fingerprint.ts'

// How sure it is
export {
  fitCalibrator,
  type CalibrationMethod,
  type Calibrator,
  type CalibratorOptions,
} from './calibrate/calibration.ts'
export {
  conformalIntervals,
  conformalSets,
  type ConformalIntervals,
  type ConformalSets,
  type Interval,
  type IntervalOptions,
  type SetOptions,
} from './calibrate/conformal.ts'
export type { Block as IsotonicBlock } from './calibrate/isotonic.ts'
export type { ScoreRows } from './calibrate/score-rows.ts'
export type { LogitLine } from './calibrate/temperature.ts'
export type { Balance, BalancePoint } from './calibrate/balance.ts'

// Options, searched
export { balanceSignals, fit, fitSignals, searchOptions, tune, type Tuning } from './tune/tune.ts'
export type { BalanceTuning } from './tune/balance-search.ts'
export type { BaselineLeftOut, TunedBaseline } from './tune/baselines.ts'
export type { LabellerName, LabellerOptionsByName } from './tune/label-objective.ts'
export type { HeldOutBy, Validation, ValidationChoice, ValidationWindow } from './tune/hold-out.ts'
export type { OptionsTuning } from './tune/options-search.ts'
export type { ObjectiveSearch, ObjectiveTuning, OwnObjective } from './tune/own-objective.ts'
export type { RatingMetricName } from './tune/rating-objective.ts'
export type { TuneForecast } from './tune/tune-forecast.ts'
export type { AverageTuning, ProfileTuning } from './tune/value-search.ts'
export type { RecencyTuning } from './tune/recency-search.ts'
export type { RecipeOptions, RecipeTuning } from './tune/recipe-search.ts'
export type { SearchSpace } from './tune/search-space.ts'
export type { Search, Strategy as SearchStrategy } from './tune/search.ts'
export type { FullRules } from './tune/signal-objective.ts'
export type { SignalPoint, SignalsTuning } from './tune/signals-search.ts'
export type { Question as TrialQuestion, SearchFacts, Trial, TrialLog } from './tune/trial-log.ts'
export type {
  BalanceSearch,
  FixedOptions,
  MetricName,
  OptionsSearch,
  RecipeSearch,
  SearchName,
  SignalsSearch,
  TunableName,
  TunedOptions,
  TuneOptions,
} from './tune/tune-options.ts'
export type { MeanScores } from './tune/user-scores.ts'
export type { SearchRange } from './support/spec.ts'

// What was decided
export type { Plan } from './plan/explain.ts'
export type { Forecast, ForecastQuestion } from './recommend/forecast.ts'
export type { Way } from './recommend/methods/expected.ts'
export type { SweepPlan, SectionName, SweepShape, DenseShape } from './plan/plan.ts'
export type { InversePlan, InverseShape, InverseLayout } from './plan/inverse-plan.ts'
export type { ProductPlan, ProductShape, ProductLayout } from './plan/product-plan.ts'
export type { RankPlan, RankShape, RankLayout } from './plan/rank-plan.ts'
export type { TrainPlan, TrainLayout, TrainShape } from './plan/train-plan.ts'

// Errors
export { RivuletError, type ErrorParts, type RivuletErrorCode } from './support/errors.ts'
export type { ParameterState } from './request/train.ts'
export type { BlockWidth, KernelName } from './kernel/kernel.ts'
export type { Layout, Section, ElementType } from './memory/layout.ts'
export type { Parts } from './memory/limit.ts'
export type { MatrixShape } from './matrix/windows.ts'
