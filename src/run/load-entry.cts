/** What piscina requires: it imports the worker. A thread that is ended while it requires an ES module takes the whole process with it. */
const { workerData } = process.getBuiltinModule('node:worker_threads')

module.exports = import((workerData as { entry: string }).entry).then((worker: { default: unknown }) => worker.default)
