/** The options of every public function, as they are declared: for the command line, the reference, and the tests that try them all. */
import { balanceOptions } from './calibrate/balance.ts'
import { calibratorOptions } from './calibrate/calibration.ts'
import { intervalOptions, setOptions } from './calibrate/conformal.ts'
import { temperatureOptions } from './calibrate/score-temperature.ts'
import { clusterSpecs } from './cluster/options.ts'
import { coreOptions, mergeOptions } from './data/clean.ts'
import { coldItemsOptions } from './data/cold-split.ts'
import { cutOptions } from './data/cut-profiles.ts'
import { foldOptions } from './data/folds.ts'
import { columnOptions } from './data/from-columns.ts'
import { mappingOptions } from './data/from-rows.ts'
import { sessionOptions } from './data/sessions.ts'
import { relationOptions, relationsOption } from './data/relation-options.ts'
import { rollingOptions } from './data/rolling.ts'
import { randomOptions, timeOptions } from './data/split.ts'
import { contrastiveOptions } from './embed/contrastive-options.ts'
import { spectralOptions } from './embed/spectral-embedding.ts'
import { engineOptions } from './engine-options.ts'
import { crossValidateOptions } from './evaluate/cross-validate.ts'
import { projectOptions } from './graph/project.ts'
import { rankingOptions, recommenderOptions as evaluatedOptions } from './evaluate/evaluation.ts'
import { calibrationOptions } from './evaluate/labels.ts'
import { scoreOptions } from './evaluate/score-ratings.ts'
import { bootstrapOptions } from './evaluate/significance.ts'
import { mappingOptions as graphMappingOptions } from './graph/mapping.ts'
import { readingOptions } from './io/read-options.ts'
import { recordOptions } from './io/read-records.ts'
import { sameSourceOptions, savedOptions } from './io/saved-files.ts'
import { inferLabelsOptions } from './label/infer-labels.ts'
import { labelPropagationOptions } from './label/label-propagation.ts'
import { labelSpreadingOptions } from './label/label-spreading.ts'
import { pageRankOptions } from './label/personalized-pagerank.ts'
import { poissonLearningOptions } from './label/poisson-learning.ts'
import { selfTrainingOptions } from './label/self-training-options.ts'
import { ratingOptions } from './ratings/options.ts'
import { compileOptions } from './recommend/compile.ts'
import { compiledExplainOptions, compiledListOptions, compiledRecencyOptions } from './recommend/compiled.ts'
import { METHOD_OPTIONS } from './recommend/methods/methods.ts'
import { recipeOptions } from './recommend/methods/recipe.ts'
import { personOptions } from './recommend/person.ts'
import { driftOptions } from './recommend/recency.ts'
import { edgeOptions } from './recommend/recommend.ts'
import { relatedOptions, sourceOptions } from './method/source-options.ts'
import { profileListOptions, askedOptions, userListOptions, usersOptions } from './recommend/request.ts'
import { balanceDiagramOptions } from './report/balance-svg.ts'
import { clusterDiagramOptions } from './report/cluster-svg.ts'
import { reliabilityDiagramOptions } from './report/reliability-svg.ts'
import { modelSearchOptions } from './tune/own-model.ts'
import { objectiveOptions } from './tune/own-objective.ts'
import { SEARCHES } from './tune/tune-options.ts'
import { connectOptions } from './sql/connect-options.ts'
import { diversifyOptions, listDiversityOptions } from './recommend/diversify.ts'
import { scorePairsOptions } from './recommend/score.ts'
import { similarUsersOptions } from './recommend/similar-users.ts'

/** By function. Recommenders take the options of their `method` too. */
export const OPTIONS = {
  recommend: { ...userListOptions, ...edgeOptions, ...relatedOptions },
  recommendFor: { ...profileListOptions, ...relatedOptions },
  'a relation': relationOptions,
  'a person': personOptions,
  explain: { ...askedOptions, ...relatedOptions },
  score: { ...scorePairsOptions, ...relatedOptions },
  diversify: { ...diversifyOptions, ...sourceOptions },
  intraListDiversity: { ...listDiversityOptions, ...sourceOptions },
  similarItems: { ...profileListOptions, ...relatedOptions },
  similarUsers: { ...similarUsersOptions, ...sourceOptions },
  compile: { ...compileOptions, ...relationsOption },
  describeDrift: driftOptions,
  mix: recipeOptions,
  'compiled.recommendFor': compiledListOptions,
  'compiled.rank': { ...compiledListOptions, ...usersOptions },
  'compiled.recommendAll': { ...compiledListOptions, ...usersOptions },
  'compiled.explain': compiledExplainOptions,
  'compiled.withRecency': compiledRecencyOptions,
  'Engine.create': engineOptions,
  'SqlEngine.connect': connectOptions,
  labelSpreading: labelSpreadingOptions,
  labelPropagation: labelPropagationOptions,
  poissonLearning: poissonLearningOptions,
  inferLabels: inferLabelsOptions,
  selfTraining: selfTrainingOptions,
  personalizedPageRank: pageRankOptions,
  predictRatings: ratingOptions,
  spectralEmbedding: spectralOptions,
  contrastiveEmbedding: contrastiveOptions,
  clusterUsers: clusterSpecs.users,
  clusterItems: clusterSpecs.items,
  readInteractions: readingOptions,
  readRecords: recordOptions,
  readCompiled: savedOptions,
  readCheckpoint: savedOptions,
  readEmbedding: { ...savedOptions, ...sameSourceOptions },
  readClusters: { ...savedOptions, ...sameSourceOptions },
  fromRows: mappingOptions,
  fromColumns: columnOptions,
  toInteractions: graphMappingOptions,
  mergeDuplicates: mergeOptions,
  kCore: coreOptions,
  cutProfiles: cutOptions,
  splitSessions: sessionOptions,
  splitByTime: timeOptions,
  splitRandom: randomOptions,
  splitRolling: rollingOptions,
  splitColdItems: coldItemsOptions,
  splitFolds: foldOptions,
  crossValidate: crossValidateOptions,
  project: projectOptions,
  evaluateRankings: rankingOptions,
  evaluate: { ...rankingOptions, ...evaluatedOptions },
  scoreRatings: scoreOptions,
  pairedBootstrap: bootstrapOptions,
  calibration: calibrationOptions,
  findBalance: balanceOptions,
  tune: SEARCHES.options,
  'tune a recipe': SEARCHES.recipe,
  'tune signals': SEARCHES.signals,
  'tune a balance': SEARCHES.balance,
  'tune an objective': objectiveOptions,
  tuneModel: modelSearchOptions,
  fitCalibrator: calibratorOptions,
  fitTemperature: temperatureOptions,
  conformalIntervals: intervalOptions,
  conformalSets: setOptions,
  clusterDiagram: clusterDiagramOptions,
  reliabilityDiagram: reliabilityDiagramOptions,
  balanceDiagram: balanceDiagramOptions,
}

export { METHOD_OPTIONS }
