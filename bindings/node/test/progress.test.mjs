// Progress, by callback and by iterator.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { dump, restore, verify } from 'pgsluice'
import { SHOP_ROWS, createDatabase, createShop, scratch, url } from './support/server.mjs'

const shop = createShop()
const directory = scratch()

/** Slow enough to be looked at more than once. */
const slowly = name => ({ source: url(shop), target: join(directory, name), max_rate: 400_000 })

test('callback sees the stages in their order, the last one at the end', async () => {
  const seen = []
  await dump({ ...slowly('callback.dump'), onProgress: progress => seen.push(progress) })
  const stages = [...new Set(seen.map(({ stage }) => stage))]
  const order = ['connecting', 'catalog', 'data', 'finishing', 'done']
  assert.deepEqual(stages, order.filter(stage => stages.includes(stage)))
  assert.ok(stages.includes('data'))
  const last = seen.at(-1)
  assert.equal(last.stage, 'done')
  assert.equal(last.rows, SHOP_ROWS)
  assert.equal(last.tables_done, 2)
  assert.equal(last.tables_total, 2)
  seen.reduce((before, after) => { assert.ok(before.rows <= after.rows); return after })
})

test('iterator ends with the job, after its last progress', async () => {
  const job = dump(slowly('iterator.dump'))
  let last
  for await (const progress of job.progress()) last = progress
  assert.equal(last.stage, 'done')
  assert.equal((await job).rows, last.rows)
})

test('several iterators see the same job, and one that begins late the end', async () => {
  const job = dump(slowly('several.dump'))
  const seen = async iterator => { const all = []; for await (const progress of iterator) all.push(progress); return all }
  const [one, other] = await Promise.all([seen(job.progress()), seen(job.progress())])
  assert.deepEqual(one.at(-1), other.at(-1))
  assert.deepEqual(await seen(job.progress()), [one.at(-1)])
})

test('iterator throws what the job fails with', async () => {
  const job = dump({ source: url('no_such_database'), target: join(directory, 'none.dump') })
  await assert.rejects(async () => { for await (const _ of job.progress());  }, { code: 'CONNECT' })
  await assert.rejects(job, { code: 'CONNECT' })
})

test('iterator of a job that could not start throws as well', async () => {
  const job = dump({ source: 5n ** 30n })
  await assert.rejects(job.progress().next(), { code: 'INVALID_INPUT' })
})

test('callback that throws cancels the job, which fails with its error', async () => {
  for (const onProgress of [() => { throw new RangeError('mine') }, async () => { throw new RangeError('mine') }]) {
    await assert.rejects(dump({ ...slowly('thrown.dump'), onProgress }), new RangeError('mine'))
    assert.equal(existsSync(join(directory, 'thrown.dump')), false)
  }
})

test('restore and verification tell their progress, too', async () => {
  const { target: archive } = await dump({ source: url(shop), target: join(directory, 'shop.dump') })
  for (const job of [restore({ archive, target: url(createDatabase()) }), verify({ archive })]) {
    let last
    for await (const progress of job.progress()) last = progress
    assert.equal(last.stage, 'done')
  }
})
