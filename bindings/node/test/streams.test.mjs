// Archives as streams, with back-pressure, and what happens when either side fails.

import assert from 'node:assert/strict'
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import test from 'node:test'

import { PgsluiceError, createDumpStream, dump, list, restore, verify } from 'pgsluice'
import { SHOP_ROWS, createDatabase, createShop, gigabyte, lock, pg, printed, scratch, sessions, until, url } from './support/server.mjs'

const shop = createShop()
const large = gigabyte()
const directory = scratch()
const { target: archive } = await dump({ source: url(shop), target: join(directory, 'shop.dump'), compression: 'none' })

test('dump is streamed, and stock pg_restore reads it', async () => {
  const file = join(directory, 'streamed.dump')
  const stream = createDumpStream({ source: url(shop) })
  await pipeline(stream, createWriteStream(file))
  const report = await stream.report
  assert.equal(report.rows, SHOP_ROWS)
  assert.equal(report.size, readFileSync(file).length)
  assert.equal(report.manifest, null)
  const copy = createDatabase()
  pg('pg_restore', '--exit-on-error', '--no-owner', '-d', url(copy), file)
  assert.equal(printed(copy), printed(shop))
})

test('consumer that stops reading holds up the COPY of the server', async () => {
  const stream = createDumpStream({ source: url(large), compression: 'none', max_memory: 64 << 20 })
  await once(stream, 'readable')
  stream.read()
  // What was read from the server stops growing, far from the end, for as long as nobody reads on.
  let before = -1
  let now = 0
  for await (const { raw_bytes: bytes } of stream.progress()) {
    [before, now] = [now, bytes]
    if (now > 0 && now === before) break
  }
  assert.ok(now < 200e6, `${now} bytes were read for nobody`)
  stream.resume()
  await once(stream, 'end')
  assert.ok((await stream.report).raw_bytes > 1e9)
})

test('stream that is destroyed ends the dump', async () => {
  const stream = createDumpStream({ source: url(large), compression: 'none' })
  await once(stream, 'data')
  stream.destroy()
  await once(stream, 'close')
  await assert.rejects(stream.report, { code: 'CANCELLED', message: 'cancelled' })
  await until(() => sessions(large) === 0)
})

test('consumer that fails ends the dump', async () => {
  const stream = createDumpStream({ source: url(large), compression: 'none' })
  const failing = new Writable({ write (_chunk, _encoding, callback) { callback(new Error('disk is full')) } })
  await assert.rejects(pipeline(stream, failing), { message: 'disk is full' })
  const error = await stream.report.catch(error => error)
  assert.equal(error.code, 'CANCELLED')
  assert.equal(error.cause.message, 'disk is full')
})

test('dump that fails destroys its stream before the end', async () => {
  for (const [options, code] of [
    [{ source: url('no_such_database') }, 'CONNECT'],
    [{ source: url(shop), tables: ['no_such_table'] }, 'NO_MATCH'],
    [{ source: url(shop), target: '/tmp/x' }, 'INVALID_INPUT'],
    [undefined, 'INVALID_INPUT'],
    [{ source: url(shop), format: 'directory' }, 'INVALID_INPUT']
  ]) {
    const stream = createDumpStream(options)
    let ended = false
    stream.on('end', () => { ended = true }).resume()
    const [error] = await once(stream, 'error')
    assert.ok(error instanceof PgsluiceError)
    assert.equal(error.code, code)
    assert.equal(ended, false)
    await assert.rejects(stream.report, { code })
  }
})

test('signal ends a streamed dump', async () => {
  const abort = new AbortController()
  const stream = createDumpStream({ source: url(large), signal: abort.signal, compression: 'none' })
  await once(stream, 'readable')
  abort.abort()
  const [error] = await once(stream, 'error')
  assert.equal(error.code, 'CANCELLED')
  assert.equal(error.cause, abort.signal.reason)
})

test('restore reads streams of any kind and any chunking', async () => {
  const bytes = readFileSync(archive)
  const sources = {
    file: () => createReadStream(archive),
    web: () => Readable.toWeb(createReadStream(archive)),
    iterable: async function * () { yield new Uint8Array(0); yield new Uint8Array(bytes.subarray(0, 7)); yield bytes.subarray(7) },
    small: () => createReadStream(archive, { highWaterMark: 1000 })
  }
  for (const [name, source] of Object.entries(sources)) {
    const copy = createDatabase()
    const report = await restore({ archive: source(), target: url(copy) })
    assert.equal(report.rows, SHOP_ROWS, name)
    assert.equal(printed(copy), printed(shop), name)
  }
})

test('dump is piped into a restore', async () => {
  const copy = createDatabase()
  await restore({ archive: createDumpStream({ source: url(shop) }), target: url(copy) })
  assert.equal(printed(copy), printed(shop))
})

test('source that fails fails the restore, and is its cause', async () => {
  const broken = new Error('connection reset')
  const source = Readable.from((async function * () { yield readFileSync(archive).subarray(0, 5000); throw broken })())
  const error = await restore({ archive: source, target: url(createDatabase()) }).catch(error => error)
  assert.equal(error.code, 'STORAGE')
  assert.match(error.message, /connection reset/)
  assert.equal(error.cause, broken)
})

test('source that ends early is a damaged archive', async () => {
  const source = createReadStream(archive, { end: 5000 })
  await assert.rejects(restore({ archive: source, target: url(createDatabase()) }), { code: 'CORRUPT_ARCHIVE' })
})

test('restore that fails destroys its source', async () => {
  const silent = new PassThrough()
  silent.write(readFileSync(archive).subarray(0, 100))
  const closed = once(silent, 'close')
  const abort = new AbortController()
  const job = restore({ archive: silent, target: url(createDatabase()), signal: abort.signal })
  setTimeout(() => abort.abort(), 100)
  await assert.rejects(job, { code: 'CANCELLED' })
  await closed

  const refused = createReadStream(archive)
  await assert.rejects(restore({ archive: refused, target: url('no_such_database') }), { code: 'CONNECT' })
  await until(() => refused.destroyed)

  const unread = createReadStream(archive)
  await assert.rejects(restore({ archive: unread, target: url(shop), jbos: 1 }), { code: 'INVALID_INPUT' })
  await until(() => unread.destroyed)
})

test('listing reads the beginning of a stream', async () => {
  const file = join(directory, 'long.dump')
  writeFileSync(file, Buffer.concat([readFileSync(archive), Buffer.alloc(64 << 20)]))
  const source = createReadStream(file)
  const listed = await list({ archive: source })
  assert.deepEqual(listed, await list({ archive }))
  await until(() => source.destroyed)
  assert.ok(source.bytesRead < 16 << 20)
})

test('strings are no bytes', async () => {
  const source = createReadStream(archive, { encoding: 'latin1' })
  const error = await list({ archive: source }).catch(error => error)
  assert.match(error.message, /expected bytes/)
  assert.ok(error.cause instanceof TypeError)
})

test('verification takes no stream', async () => {
  await assert.rejects(verify({ archive: createReadStream(archive) }), { code: 'INVALID_INPUT', message: /"archive" is a ReadStream/ })
})

test('archive of a restore is not read faster than it is restored', async () => {
  const file = join(directory, 'large.dump')
  await pipeline(createDumpStream({ source: url(large), compression: 'none' }), createWriteStream(file))
  const copy = createDatabase('CREATE TABLE texts (id int PRIMARY KEY, body text)')
  const source = createReadStream(file)
  const abort = new AbortController()
  const unlock = await lock(copy, 'texts')
  const job = restore({ archive: source, target: url(copy), data_only: true, signal: abort.signal })
  let before = -1
  await until(async () => {
    const stalled = source.bytesRead > 0 && source.bytesRead === before
    before = source.bytesRead
    await new Promise(resolve => setTimeout(resolve, 300))
    return stalled
  })
  assert.ok(source.bytesRead < 100e6, `${source.bytesRead} bytes were read for nobody`)
  abort.abort()
  await assert.rejects(job, { code: 'CANCELLED' })
  unlock()
})
