/**
 * What fast-check draws is the same in every run, so that a run that fails fails again; RIVULET_TEST_SEED, any integer, draws something else.
 * vitest loads it before each file.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.RIVULET_TEST_SEED ?? 1) })
