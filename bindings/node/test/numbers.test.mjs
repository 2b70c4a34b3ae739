// Numbers that a JavaScript number cannot hold arrive as bigint, digit by digit.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { dump, readManifest } from 'pgsluice'
import { createShop, scratch, url } from './support/server.mjs'

const directory = scratch()
const labels = { '9007199254740993': '18446744073709551615', mark: '\\ud8005', half: '\ufffd5' }
const { target: archive } = await dump({ source: url(createShop()), target: join(directory, 'shop.dump'), labels })
const manifest = await readManifest({ archive })

/** The manifest, as if so many rows had been dumped. */
async function withRows (rows) {
  const text = JSON.stringify({ ...manifest, data: [{ ...manifest.data[0], rows: 0, raw_bytes: 4 }] })
  writeFileSync(`${archive}.manifest.json`, text.replace('"rows":0', `"rows":${rows}`))
  return await readManifest({ archive })
}

test('integers are numbers as long as numbers hold them', async () => {
  for (const rows of ['0', '4294967296', '9007199254740991']) {
    assert.equal((await withRows(rows)).data[0].rows, Number(rows))
  }
})

test('larger integers are bigints', async () => {
  for (const rows of ['9007199254740992', '9007199254740993', '18446744073709551615']) {
    const read = await withRows(rows)
    assert.equal(read.data[0].rows, BigInt(rows))
    assert.equal(read.data[0].raw_bytes, 4)
    assert.deepEqual(read.labels, labels)
  }
})
