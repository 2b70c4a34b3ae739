// Jobs leave the event loop alone: a timer of 10 ms keeps running while a gigabyte is dumped.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import test from 'node:test'
import { setTimeout } from 'node:timers/promises'

import { createDumpStream, dump } from 'pgsluice'
import { gigabyte, scratch, url } from './support/server.mjs'

const large = gigabyte()
const directory = scratch()

/** The longest time between two ticks of a timer of 10 ms while work is done, in milliseconds. */
async function longestGap (work) {
  let last = performance.now()
  let longest = 0
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 10)
  await work()
  tick()
  clearInterval(timer)
  return longest
}

/** In an idle process ticks are some 11 ms apart, so this is a third of a second; a dump takes several. */
const LIMIT = 30

/**
 * How many times as long as in an idle process the timer had to wait. Other programs of the machine can only make it
 * worse, so the best of three runs counts.
 */
async function worstDelay (work) {
  let best = Infinity
  for (let run = 0; run < 3 && best >= LIMIT; run++) {
    const idle = await longestGap(() => setTimeout(1000))
    best = Math.min(best, await longestGap(() => work({ run, idle })) / idle)
  }
  return best
}

test('timer that is blocked for a while is noticed', async () => {
  const ratio = await worstDelay(async ({ idle }) => {
    await setTimeout(50)
    for (const end = performance.now() + 2 * LIMIT * idle; performance.now() < end;);
  })
  assert.ok(ratio > LIMIT)
})

test('dump of a gigabyte lets timers run', async t => {
  const ratio = await worstDelay(async ({ run }) => {
    const report = await dump({ source: url(large), target: join(directory, `${run}.dump`), onProgress () {} })
    assert.ok(report.raw_bytes > 1e9)
  })
  t.diagnostic(`a timer waited ${ratio.toFixed(1)} times as long as in an idle process`)
  assert.ok(ratio < LIMIT, `a timer waited ${ratio} times as long as in an idle process`)
})

test('stream of a gigabyte lets timers run', async t => {
  const ratio = await worstDelay(async () => {
    const stream = createDumpStream({ source: url(large), compression: 'none' })
    await pipeline(stream, new Writable({ write (_chunk, _encoding, callback) { callback() } }))
    assert.ok((await stream.report).size > 1e9)
  })
  t.diagnostic(`a timer waited ${ratio.toFixed(1)} times as long as in an idle process`)
  assert.ok(ratio < LIMIT, `a timer waited ${ratio} times as long as in an idle process`)
})
