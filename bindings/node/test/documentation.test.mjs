// Every example of docs/NODE_API.md runs, in the order in which they stand there.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import * as pgsluice from 'pgsluice'
import { linkedProject } from './support/linked.mjs'
import { createDatabase, createShop, url } from './support/server.mjs'

const text = readFileSync(new URL('../../../docs/NODE_API.md', import.meta.url), 'utf8')
const project = linkedProject('examples/node/package.json')
const env = { ...process.env, DATABASE_URL: url(createShop()), COPY_URL: url(createDatabase()), SERVER_URL: url('postgres') }

/** What each example prints, by the heading above it; of several below one, in their order. */
const expected = {
  dump: [/^1 tables, \d+ bytes, SHA-256 [0-9a-f]{64}$/m],
  createDumpStream: [/^5500 rows, SHA-256/],
  restore: [/^500 rows, compared with the manifest/, /^2 tables/],
  verify: [/^1 tables came back as they were, 1 assertion holds/],
  list: [/TABLE public customers/],
  readManifest: [/env: 'test'[^]*customers: 500/],
  Progress: [/^done 5500 \d+ of about \d+ bytes\ndone in [\d.]+ s$/m, /^done 5500$/m],
  Cancelling: [/^CANCELLED the maintenance window is over$/m],
  Errors: [/^STORAGE_NOT_FOUND: .*bakcups.*\n.+/]
}

const sections = text.split(/^## /m).slice(1).map(section => ({
  heading: section.slice(0, section.indexOf('\n')),
  examples: [...section.matchAll(/(?<=```js\n)[^]*?(?=```)/g)].map(([code]) => code)
}))

test('every function has an example, and every example an expectation', () => {
  const found = Object.fromEntries(sections.filter(({ examples }) => examples.length).map(({ heading, examples }) => [heading, examples.length]))
  assert.deepEqual(found, Object.fromEntries(Object.entries(expected).map(([heading, patterns]) => [heading, patterns.length])))
  const functions = Object.keys(pgsluice).filter(name => name !== 'PgsluiceError' && name !== 'default')
  assert.deepEqual(functions.filter(name => !sections.some(({ heading, examples }) => heading === name && examples.length)), [])
})

for (const { heading, examples } of sections) {
  examples.forEach((code, number) => {
    test(`example ${number + 1} of ${heading} runs`, () => {
      const file = `${heading}${number}.js`
      writeFileSync(join(project, file), code)
      const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, env, encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      assert.match(stdout, expected[heading][number])
    })
  })
}

test('types and table of the codes have those of the engine', () => {
  const types = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8')
  const typed = [...types.matchAll(/\/\*\* (\d+): .*\*\/\n {2}\| '([A-Z_]+)'/g)].map(([, kind, code]) => [kind, code])
  const documented = [...text.matchAll(/^\| (\d+) \| `([A-Z_]+)`/gm)].map(([, kind, code]) => [kind, code])
  const engine = readFileSync(new URL('../../../src/error.rs', import.meta.url), 'utf8')
  const numbers = [...engine.matchAll(/^ {4}[A-Za-z]+ = (\d+),$/gm)].map(([, number]) => number)
  const words = [...engine.matchAll(/^ {12}Self::[A-Za-z]+ => "([A-Z_]+)",$/gm)].map(([, word]) => word)
  assert.ok(numbers.length > 15)
  assert.deepEqual(typed, numbers.map((number, index) => [number, words[index]]))
  assert.deepEqual(documented, typed)
})
