// The same types as a CommonJS module sees them. `tsc` is the test.

import pgsluice = require('pgsluice')

const job: pgsluice.Job<pgsluice.DumpReport> = pgsluice.dump({ source: 'x', target: 'y' })
const failed = job.catch((error: unknown) => error instanceof pgsluice.PgsluiceError && error.code === 'CONNECT')
// @ts-expect-error a misspelt option
void pgsluice.restore({ archive: 'x', target: 'y', jbos: 4 })

export = { failed }
