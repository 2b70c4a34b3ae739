// Whoever cancels gets an error that says so, and nothing is left: no session, no file, no upload, no listener.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'

import { PgsluiceError, dump, list, verify } from 'pgsluice'
import { bucket, createShop, gigabyte, scratch, sessions, until, url } from './support/server.mjs'

const large = gigabyte()
const shop = createShop()
const directory = scratch()

test('signal that is aborted already starts nothing', async () => {
  const target = join(directory, 'never.dump')
  const reason = new Error('too late')
  const error = await dump({ source: url(shop), target, signal: AbortSignal.abort(reason) }).catch(error => error)
  assert.ok(error instanceof PgsluiceError)
  assert.equal(error.code, 'CANCELLED')
  assert.equal(error.kind, 50)
  assert.equal(error.cause, reason)
  assert.deepEqual(readdirSync(directory), [])
})

test('signal ends a running dump, which takes back what it had stored', async () => {
  const abort = new AbortController()
  const job = dump({ source: url(large), target: 's3://backups/cancelled/large.dump', compression: 'none', signal: abort.signal })
  for await (const { stage, raw_bytes: bytes } of job.progress()) {
    if (stage === 'data' && bytes > 20e6) break
  }
  abort.abort()
  const error = await job.catch(error => error)
  assert.equal(error.code, 'CANCELLED')
  assert.equal(error.cause, abort.signal.reason)
  assert.equal(existsSync(join(bucket, 'cancelled/large.dump')), false)
  await until(() => sessions(large) === 0)
})

test('listing and verification can be aborted, too', async () => {
  for (const job of [list, verify]) {
    const abort = new AbortController()
    const started = job({ archive: 's3://backups/nothing', signal: abort.signal })
    abort.abort()
    await assert.rejects(started, { code: 'CANCELLED' })
  }
})

test('listeners leave the signal with the job', async () => {
  let listeners = 0
  const { signal } = new AbortController()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...event) => { listeners++; return addEventListener.apply(signal, event) }
  signal.removeEventListener = (...event) => { listeners--; return removeEventListener.apply(signal, event) }
  await dump({ source: url(shop), target: join(directory, 'listened.dump'), signal })
  await assert.rejects(dump({ source: url(shop), target: join(directory, 'listened.dump'), signal }), { code: 'STORAGE_EXISTS' })
  assert.equal(listeners, 0)
})

test('signal that is aborted after the end changes nothing', async () => {
  const abort = new AbortController()
  const job = dump({ source: url(shop), target: join(directory, 'done.dump'), signal: abort.signal })
  await job
  abort.abort()
  assert.equal((await job).database, shop)
})

/** A script that says what bytes its dump has stored, for somebody else to end it. */
function dumping (target) {
  return `
    import { dump } from ${JSON.stringify(import.meta.resolve('pgsluice'))}
    import { parentPort } from 'node:worker_threads'
    const job = dump({ source: ${JSON.stringify(url(large))}, target: ${JSON.stringify(target)}, compression: 'none', max_rate: 50e6 })
    for await (const { raw_bytes: bytes } of job.progress()) {
      if (bytes > 20e6) parentPort ? parentPort.postMessage('dumping') : process.exit(7)
    }`
}

test('process.exit takes back what a running dump had stored', async () => {
  const target = join(directory, 'exit.dump')
  const child = spawn(process.execPath, ['--input-type=module', '--eval', dumping(target)], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  assert.equal(code, 7)
  assert.deepEqual(readdirSync(directory).filter(name => name.startsWith('exit')), [])
  await until(() => sessions(large) === 0)
})

test('end of a worker thread ends its dumps, and no others', async () => {
  const target = join(directory, 'thread.dump')
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(dumping(target))}`))
  await once(worker, 'message')
  const other = dump({ source: url(shop), target: join(directory, 'other.dump') })
  await worker.terminate()
  assert.deepEqual(readdirSync(directory).filter(name => name.startsWith('thread')), [])
  assert.equal((await other).database, shop)
  await until(() => sessions(large) === 0)
})
