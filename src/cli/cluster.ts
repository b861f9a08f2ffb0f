import { clusterItems, clusterUsers, readEmbedding, writeClusters } from '../index.ts'
import { readNumber } from './argument-values.ts'
import { clusterLines, clusterReport, clusterSummary, memberRows, membersOf } from './cluster-lines.ts'
import { define, jsonFlag } from './command.ts'
import { choice, chosen, libraryFlags, text, value, withFallback } from './flags.ts'
import { outFlags, outWriter } from './out-file.ts'
import { readRelationFiles, RELATION_FLAGS } from './relation-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable, readTitles, TITLES_FLAG } from './source.ts'
import { withProgress } from './terminal.ts'

const OWN_FLAGS = libraryFlags('clusterUsers', [
  ...(['method', 'count', 'resolution', 'neighbours', 'dimensions', 'runs', 'seed'] as const),
])

export const CLUSTER = define({
  name: 'cluster',
  what: 'group users with similar habits, and show what is distinctive of each group',
  flags: {
    side: withFallback(choice('<side>', 'which side to cluster', ['users', 'items']), 'users'),
    embedding: text(
      '<file>',
      'cluster these vectors, which `embed` wrote for FILE as .embedding (default: spectral vectors of FILE)',
    ),
    top: withFallback(value('<n>', 'distinctive items shown per cluster, at most', readNumber), 3),
    titles: { ...TITLES_FLAG, help: `${TITLES_FLAG.help}; for users only` },
    ...outFlags('write the members of the clusters', '.clusters'),
    json: jsonFlag('side, options, count, modularity, silhouette, stability, clusters, members ...'),
    ...OWN_FLAGS,
    ...RELATION_FLAGS,
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { side, out, embedding: path } = given
    const write = await outWriter(given, stage, '.clusters')
    if (given.titles !== undefined && side === 'items') {
      stage.refuse('--titles names the distinctive items of user clusters: it requires --side users')
    }
    if (path !== undefined && given.dimensions !== undefined) {
      stage.refuse('--dimensions and --embedding exclude each other: the vectors have a length already')
    }
    const options = { ...chosen(given, OWN_FLAGS), distinctive: given.top }
    const isOfUsers = side === 'users'
    if (isOfUsers) clusterUsers.resolve(options)
    else clusterItems.resolve(options)
    const titles = await readTitles(given, stage)
    const table = await readTable(file, given, stage)
    const relations = await readRelationFiles(given, stage)
    const embedding = path === undefined ? null : await readEmbedding(path, { source: table })
    await using engine = await openEngine(table, { ...given, relations }, stage)
    const all = { ...options, embedding }
    const clusters = await withProgress(
      'Embedding',
      stage,
      (watch) => (isOfUsers ? engine.clusterUsers(all, watch) : engine.clusterItems(all, watch)),
      'blocks',
    )
    const named = { clusters, side, titles }
    stage.remark([clusterSummary(named)])
    if (out !== undefined) {
      await (write === undefined ? writeClusters(out, clusters) : write(membersOf(named), memberRows(named)))
      stage.remark([`clusters of ${clusters.members.size} ${side} -> ${out}`])
    }
    const members = () => (out === undefined ? { members: [...membersOf(named)] } : { out })
    const asked = { ...options, embedding: path }
    await stage.show(
      () => ({ side, options: asked, ...clusterReport(named), ...members(), elapsedMs: stage.elapsedMs() }),
      () => clusterLines(named),
    )
  },
})
