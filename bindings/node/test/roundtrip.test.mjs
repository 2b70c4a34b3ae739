// What a dump through Node makes is as good as what the program makes: the independent comparison beside the shared fixtures
// says so.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

import { createDumpStream, dump } from 'pgsluice'
import { createDatabase, pg, scratch, url } from './support/server.mjs'

const shared = process.env.PGSLUICE_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const directory = scratch()

function sharedFile (path) {
  const file = join(shared, path)
  assert.ok(existsSync(file), `no ${file}; set PGSLUICE_SHARED to the directory that has ${path}`)
  return file
}

pg('psql', '-Xq', '-d', url('postgres'), '-f', sharedFile('fixtures/roles.sql'))

function load (fixture) {
  const database = createDatabase()
  pg('pg_restore', '--exit-on-error', '-d', url(database), sharedFile(`fixtures/${fixture}.dump`))
  return database
}

/** Fails unless stock pg_restore makes the same database of the archive. */
function assertRoundTrip (source, archive) {
  const printed = execFileSync(sharedFile('tools/roundtrip'),
    ['--source-url', url(source), '--pg-bin', process.env.PG_BIN, '--jobs', '2', '--archive', archive], { encoding: 'utf8' })
  assert.match(printed.trimEnd().split('\n').at(-1), /schema: 0 differing lines, data: 0 differing tables, restore errors: 0/)
}

for (const fixture of ['chinook', 'pagila']) {
  test(`${fixture} comes back from a dump, and from a stream`, async () => {
    const source = load(fixture)
    const { target } = await dump({ source: url(source), target: join(directory, `${fixture}.dump`), jobs: 2 })
    assertRoundTrip(source, target)

    const streamed = join(directory, `${fixture}.streamed`)
    await pipeline(createDumpStream({ source: url(source) }), createWriteStream(streamed))
    assertRoundTrip(source, streamed)
  })
}
