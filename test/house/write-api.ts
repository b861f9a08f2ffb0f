/** `npm run api`: writes what the doors hand out into test/house/api/, where a change of the public face shows in the diff. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PublicFace, REPORTS } from './public-face.ts'
import { root } from './sources.ts'

const face = new PublicFace()
for (const [door, path] of Object.entries(REPORTS)) writeFileSync(join(root, path), face.report(door))
