// Every mistake gets an error with a code to act on, that names what is wrong and says what to do.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import test from 'node:test'

import { PgsluiceError, createDumpStream, dump, list, readManifest, restore, verify } from 'pgsluice'
import { createDatabase, createShop, scratch, sql, url } from './support/server.mjs'

const shop = createShop()
const directory = scratch()
const target = join(directory, 'shop.dump')
const archive = join(directory, 'good.dump')
await dump({ source: url(shop), target: archive })
sql('postgres', 'CREATE ROLE reader LOGIN')

/** What is tried, the code, what the message names, what the hint says. */
const mistakes = [
  [() => dump(), 'INVALID_INPUT', /options are undefined/, /\{ name: value/],
  [() => dump('postgresql://db/shop'), 'INVALID_INPUT', /options are a string/, /\{ name: value/],
  [() => dump({}), 'INVALID_INPUT', /"source" is missing/, /must be given/],
  [() => dump({ source: url(shop) }), 'INVALID_INPUT', /"target" is missing/, /must be given/],
  [() => dump({ source: url(shop), target, jbos: 2 }), 'INVALID_INPUT', /no option "jbos"/, /Did you mean "jobs"/],
  [() => dump({ source: url(shop), target, s3: { bucket: 'x' } }), 'INVALID_INPUT', /no option "s3.bucket"/, /endpoint/],
  [() => dump({ source: url(shop), target, on_progress () {} }), 'INVALID_INPUT', /"on_progress"/, /Did you mean "onProgress"/],
  [() => dump({ source: url(shop), target, Signal: null }), 'INVALID_INPUT', /"Signal"/, /Did you mean "signal"/],
  [() => dump({ source: url(shop), target, jobs: '2' }), 'INVALID_INPUT', /"jobs": .*string "2"/, /./],
  [() => dump({ source: url(shop), target, jobs: 1.5 }), 'INVALID_INPUT', /"jobs"/, /./],
  [() => dump({ source: url(shop), target, jobs: NaN }), 'INVALID_INPUT', /"jobs" is NaN/, /Options are/],
  [() => dump({ source: url(shop), target, max_rate: Infinity }), 'INVALID_INPUT', /"max_rate" is infinite/, /Options are/],
  [() => dump({ source: url(shop), target, max_rate: 2n ** 60n }), 'INVALID_INPUT', /"max_rate" is 1152921504606846976n/, /smaller/],
  [() => dump({ source: url(shop), target, labels: new Map() }), 'INVALID_INPUT', /"labels" is a Map/, /plain objects/],
  [() => dump({ source: url(shop), target, tables: [() => {}] }), 'INVALID_INPUT', /"tables\[0\]" is a function/, /Options are/],
  [() => dump({ source: url(shop), target, signal: 'stop' }), 'INVALID_INPUT', /"signal" is a string/, /AbortController/],
  [() => dump({ source: url(shop), target, onProgress: true }), 'INVALID_INPUT', /"onProgress" is a boolean/, /called/],
  [() => dump({ source: url(shop), target, compression: 'brotli' }), 'INVALID_INPUT', /"compression": .*brotli/, /zstd/],
  [() => dump({ source: 'mysql://db/shop', target }), 'INVALID_INPUT', /"source"/, /./],
  [() => dump({ source: url(shop), target: 's3://backups' }), 'INVALID_INPUT', /"target"/, /./],
  [() => dump({ source: url(shop), target: '-' }), 'INVALID_INPUT', /-/, /createDumpStream/],
  [() => dump({ source: 'postgresql://127.0.0.1:1/shop', target }), 'CONNECT', /127\.0\.0\.1:1/, /./],
  [() => dump({ source: 'postgresql://no-such-host.invalid/shop', target }), 'CONNECT', /no-such-host\.invalid/, /./],
  [() => dump({ source: url('no_such_database'), target }), 'CONNECT', /no_such_database/, /./],
  [() => dump({ source: url(shop).replace('postgres@', 'reader@'), target }), 'PERMISSION', /customers/, /Grant/],
  [() => dump({ source: url(shop), target, tables: ['custmers'] }), 'NO_MATCH', /custmers/, /./],
  [() => dump({ source: url(shop), target: 's3://no-such-bucket/x' }), 'STORAGE_NOT_FOUND', /no-such-bucket/, /./],
  [() => dump({ source: url(shop), target: 's3://backups/x', s3: { access_key_id: 'nobody', secret_access_key: 'secret' } }), 'STORAGE_DENIED', /backups/, /./],
  [() => dump({ source: url(shop), target: '/no/such/directory/x' }), 'STORAGE_NOT_FOUND', /\/no\/such\/directory/, /./],
  [() => dump({ source: url(shop), target: archive }), 'STORAGE_EXISTS', /good\.dump/, /overwrite/],
  [() => restore({ archive, target: url('no_such_database') }), 'CONNECT', /no_such_database/, /./],
  [() => restore({ archive: '-', target: url(shop) }), 'INVALID_INPUT', /-/, /Readable/],
  [() => restore({ archive, target: url(shop) }), 'SERVER', /already exists/, /./],
  [() => restore({ archive, target: url(shop), if_exists: true }), 'INVALID_INPUT', /if_exists|if-exists/, /./],
  [() => verify({ archive, level: 'deep' }), 'INVALID_INPUT', /"level"/, /./],
  [() => verify({ archive, level: 'restore' }), 'INVALID_INPUT', /server/, /./],
  [() => list({ archive: join(directory, 'nothing.dump') }), 'STORAGE_NOT_FOUND', /nothing\.dump/, /./],
  [() => list({ archive: new URL(import.meta.url).pathname }), 'CORRUPT_ARCHIVE', /errors\.test\.mjs/, /./],
  [() => readManifest({ archive: new URL(import.meta.url).pathname }), 'STORAGE_NOT_FOUND', /manifest/, /./],
  [() => finished(createDumpStream({ source: url(shop), target })), 'INVALID_INPUT', /"target"/, /dump\(\)/]
]

for (const [attempt, code, message, hint] of mistakes) {
  test(`${code}: ${attempt.toString().slice(6, 110)}`, async () => {
    const error = await attempt().then(() => assert.fail('it succeeded'), error => error)
    assert.ok(error instanceof PgsluiceError && error instanceof Error, error.stack)
    assert.equal(error.name, 'PgsluiceError')
    assert.equal(error.code, code, error.stack)
    assert.match(error.message, message)
    assert.match(error.hint ?? '', hint, `hint of: ${error.message}`)
  })
}

test('error of the server has its SQLSTATE', async () => {
  const error = await restore({ archive, target: url(shop) }).catch(error => error)
  assert.equal(error.sqlstate, '42710')
  assert.equal(error.kind, 14)
})

test('no error repeats a secret', async () => {
  const secret = 'hunter2-hunter2'
  for (const options of [
    { source: `postgresql://me:${secret}@127.0.0.1:1/x`, target },
    { source: `postgresql://me:${secret}@127.0.0.1:1/x?sslmode=perhaps`, target },
    { source: [`postgresql://me:${secret}@db/x`], target },
    { source: url(shop), target: 's3://backups/x', s3: { access_key_id: secret, secret_access_key: secret } },
    { source: url(shop), target: 's3://backups/x', s3: { secret_access_key: [secret] } }
  ]) {
    const error = await dump(options).catch(error => error)
    assert.ok(error instanceof PgsluiceError)
    assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(secret), error.message)
  }
})

test('stack of an error leads to whoever waited for the job', async () => {
  async function nightlyBackup () {
    await dump({ source: url('no_such_database'), target })
  }
  const error = await nightlyBackup().catch(error => error)
  assert.match(error.stack, /nightlyBackup/)
})

test('database that cannot be restored twice says so', async () => {
  const copy = createDatabase()
  await restore({ archive, target: url(copy) })
  await assert.rejects(restore({ archive, target: url(copy) }), { code: 'SERVER' })
  await restore({ archive, target: url(copy), clean: true, if_exists: true })
})
