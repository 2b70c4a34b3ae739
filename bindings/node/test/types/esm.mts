// What the types allow and what they refuse, as a module sees them. `tsc` is the test.

import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import {
  PgsluiceError, createDumpStream, dump, list, readManifest, restore, verify,
  type Count, type DumpOptions, type DumpReport, type ErrorCode, type Job, type Progress
} from 'pgsluice'

const options: DumpOptions = {
  source: 'postgresql://db/shop',
  target: 's3://backups/shop.dump',
  compression: 'zstd:9',
  labels: { env: 'prod' },
  max_memory: 128n,
  signal: AbortSignal.timeout(1000),
  onProgress: ({ stage, rows }) => console.log(stage, rows)
}

const job: Job<DumpReport> = dump(options)
for await (const progress of job.progress()) {
  const { stage }: Progress = progress
  // @ts-expect-error a stage that there is not
  if (stage === 'sleeping') break
}
const report: DumpReport = await job
const size: Count = report.size
const bytes: number = Number(size)
// @ts-expect-error it may be a bigint
const wrong: number = report.size
const [one, other] = await Promise.all([dump(options), verify({ archive: 'x', foreign_keys: { sample: 5 } })])
const rows: Count | null = other.rows
one.e_tag?.toUpperCase()

const stream = createDumpStream({ source: new URL('postgresql://db/shop'), format: 'plain' })
await pipeline(stream, process.stdout)
const streamed: DumpReport = await stream.report

await restore({ archive: createReadStream('x'), target: 'shop', exit_on_error: false })
await restore({ archive: stream, target: 'shop' })
await restore({ archive: new Blob([]).stream(), target: 'shop' })
await restore({ archive: (async function * () { yield new Uint8Array(1) })(), target: 'shop' })
const entries = (await list({ archive: 'x' })).entries.filter(({ section }) => section === 'data')
const manifest = await readManifest({ archive: 'x' })
const label: string | undefined = manifest.labels.env

try {
  await dump(options)
} catch (error) {
  if (error instanceof PgsluiceError) {
    const code: ErrorCode = error.code
    const hint: string | undefined = error.hint
    console.log(code, hint, error.sqlstate, error.kind.toFixed(), error.cause)
    // @ts-expect-error a code that there is not
    if (error.code === 'OOPS') throw error
  }
}

// @ts-expect-error a required option is missing
void dump({ source: 'x' })
// @ts-expect-error a misspelt option
void dump({ source: 'x', target: 'y', jbos: 4 })
// @ts-expect-error a wrong type
void dump({ source: 'x', target: 'y', jobs: '4' })
// @ts-expect-error a codec that there is not
void dump({ source: 'x', target: 'y', compression: 'brotli' })
// @ts-expect-error the stream is the target
void createDumpStream({ source: 'x', target: 'y' })
// @ts-expect-error a directory is many files
void createDumpStream({ source: 'x', format: 'directory' })
// @ts-expect-error a stream cannot be verified
void verify({ archive: createReadStream('x') })
// @ts-expect-error a listing has no progress
void list({ archive: 'x' }).progress()
// @ts-expect-error strings are no bytes
void restore({ archive: (async function * () { yield 'x' })(), target: 'shop' })
// @ts-expect-error only jobs make them
void new PgsluiceError()

export { bytes, wrong, rows, streamed, entries, label }
