// dump.mjs SOURCE TARGET: what `pgsluice dump -j 2` does, through the Node module; TARGET - is standard output.

import { pipeline } from 'node:stream/promises'
import { createDumpStream, dump } from '../../bindings/node/index.mjs'

const [source, target] = process.argv.slice(2)
if (target === '-') {
  await pipeline(createDumpStream({ source, jobs: 2 }), process.stdout)
} else {
  await dump({ source, target, jobs: 2, overwrite: true })
}
