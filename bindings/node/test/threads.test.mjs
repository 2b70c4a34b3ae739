// Several jobs in one process, worker threads, and processes that end by themselves.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import test from 'node:test'
import { Worker } from 'node:worker_threads'

import { dump } from 'pgsluice'
import { SHOP_ROWS, createShop, scratch, url } from './support/server.mjs'

const shop = createShop()
const directory = scratch()
const pgsluice = JSON.stringify(import.meta.resolve('pgsluice'))

/** Runs a module in a worker thread; what it posts. */
async function inThread (code, options) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), options)
  const exit = once(worker, 'exit')
  const [message] = await once(worker, 'message')
  assert.deepEqual(await exit, [0])
  return message
}

test('several dumps run at once', async () => {
  const reports = await Promise.all(Array.from({ length: 8 }, (_, number) =>
    dump({ source: url(shop), target: join(directory, `${number}.dump`) })))
  assert.deepEqual(reports.map(({ rows }) => rows), Array(8).fill(SHOP_ROWS))
  assert.equal(new Set(reports.map(({ target }) => target)).size, 8)
})

test('worker threads dump beside the main thread', async () => {
  const code = target => `
    import { dump } from ${pgsluice}
    import { parentPort } from 'node:worker_threads'
    parentPort.postMessage(await dump({ source: ${JSON.stringify(url(shop))}, target: ${JSON.stringify(join(directory, target))} }))`
  const reports = await Promise.all([
    inThread(code('thread1.dump')), inThread(code('thread2.dump')), dump({ source: url(shop), target: join(directory, 'main.dump') })
  ])
  assert.deepEqual(reports.map(({ rows }) => rows), Array(3).fill(SHOP_ROWS))
})

test('worker thread has an environment of its own', async () => {
  const report = await inThread(`
    import { dump } from ${pgsluice}
    import { parentPort } from 'node:worker_threads'
    parentPort.postMessage(await dump({ source: 'postgresql://', target: ${JSON.stringify(join(directory, 'environment.dump'))} }))`,
  { env: { PGHOST: process.env.PGHOST, PGUSER: 'postgres', PGDATABASE: shop } })
  assert.equal(report.database, shop)
})

test('worker threads come and go', async () => {
  for (let round = 0; round < 5; round++) {
    await inThread(`
      import { list } from ${pgsluice}
      import { parentPort } from 'node:worker_threads'
      parentPort.postMessage(await list({ archive: '/nowhere' }).catch(error => error.code))`)
  }
})

test('process ends by itself when its jobs have ended', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', `
    import { dump, createDumpStream } from ${pgsluice}
    await dump({ source: ${JSON.stringify(url(shop))}, target: ${JSON.stringify(join(directory, 'child.dump'))} })
    createDumpStream({ source: ${JSON.stringify(url(shop))} }).resume().on('end', () => console.log('ended'))
    createDumpStream({}).on('error', error => console.log(error.code))`], { encoding: 'utf8' })
  assert.deepEqual(printed.trim().split('\n').sort(), ['INVALID_INPUT', 'ended'])
})

test('failure that nobody waits for is an unhandled rejection, not an abort', () => {
  const run = () => execFileSync(process.execPath, ['--input-type=module', '--eval', `
    import { dump } from ${pgsluice}
    dump({ source: 'postgresql://127.0.0.1:1/x', target: '/tmp/x' })`], { encoding: 'utf8', stdio: 'pipe' })
  assert.throws(run, error => error.status === 1 && /PgsluiceError.*\n[^]*code: 'CONNECT'/.test(error.stderr))
})
