import { embedSpectral } from './embed-spectral.ts'
import type { Suite } from './suite.ts'

/** Vectors of users and items. */
export const embedSuite: Suite = {
  about: "spectral embedding: singular values against scipy's svds, and time on one thread and two",
  run: embedSpectral,
}
