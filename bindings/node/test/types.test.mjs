// The types name every field that the engine reads and writes, and no other.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { dump, list, readManifest, restore, verify } from 'pgsluice'
import { createDatabase, createShop, scratch, url } from './support/server.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const shop = createShop()
const directory = scratch()

/** Has tsc look at a module; what it complains about. */
function complaints (code) {
  // Beside the package, so that its own name leads to it.
  const place = mkdtempSync(join(root, 'test/.types-'))
  try {
    writeFileSync(join(place, 'checked.mts'), code)
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['checked.mts'] }))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', place], { encoding: 'utf8', stdio: 'pipe' })
    return ''
  } catch (error) {
    if (error.status === undefined) throw error
    return error.stdout
  } finally {
    rmSync(place, { recursive: true })
  }
}

/** The options that the engine names when it meets one that it does not know. */
async function known (job, options) {
  const error = await job(options).catch(error => error)
  return error.hint.match(/There are: (.*)\.$/)[1].split(', ')
}

test('types of options name what the engine reads', async () => {
  const unknown = { there_is_none: 1 }
  const archive = { archive: 'x' }
  const database = { source: 'x', target: 'x' }
  const names = {
    DumpOptions: [...await known(dump, { ...database, ...unknown }), 'signal', 'onProgress'],
    RestoreOptions: [...await known(restore, { ...archive, target: 'x', ...unknown }), 'signal', 'onProgress'],
    VerifyOptions: [...await known(verify, { ...archive, ...unknown }), 'signal', 'onProgress'],
    ListOptions: [...await known(list, { ...archive, ...unknown }), 'signal'],
    ReadManifestOptions: [...await known(readManifest, { ...archive, ...unknown }), 'signal'],
    S3Options: await known(dump, { ...database, s3: unknown }),
    CredentialSource: await known(dump, { ...database, s3: { credentials: unknown } })
  }
  const checks = Object.entries(names).map(([type, names]) => `
    export const ${type}: Same<keyof pgsluice.${type}, ${names.map(name => `'${name}'`).join(' | ')}> = true`)
  assert.equal(complaints(`
    import type * as pgsluice from 'pgsluice'
    type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : never : never
    ${checks.join('\n')}`), '')
})

test('types of reports have the fields of real reports, and no other', async () => {
  const custom = await dump({ source: url(shop), target: join(directory, 'shop.dump'), labels: { a: 'b' } })
  const files = await dump({ source: url(shop), target: join(directory, 'shop.d'), format: 'directory' })
  const archive = custom.target
  let progress
  const failing = restore({ archive, target: url(createDatabase('CREATE TABLE customers ()')), exit_on_error: false, onProgress: now => { progress = now } })
  const values = {
    DumpReport: { ...custom, skipped: [{ kind: 'x', name: 'y' }] },
    RestoreReport: await failing,
    Progress: progress,
    VerifyReport: await verify({ archive, level: 'restore', server: url('postgres') }),
    Listing: await list({ archive }),
    Manifest: await readManifest({ archive })
  }
  assert.ok(values.RestoreReport.failures.length > 0)
  assert.ok(values.VerifyReport.restored)
  // Of what is optional, a directory's manifest has the rest.
  const { archive: directoryFacts, data } = await readManifest({ archive: files.target })
  Object.assign(values.Manifest.archive, { ...directoryFacts, toc_sha256: 'x' })
  values.Manifest.data = data.filter(({ kind }) => kind === 'table').slice(0, 1)

  const checks = Object.entries(values).map(([type, value]) => `
    export const ${type}: Everything<pgsluice.${type}> = ${JSON.stringify(one(value))}`)
  assert.equal(complaints(`
    import type * as pgsluice from 'pgsluice'
    // All fields at every depth, what is optional too; a literal may have no others.
    type Everything<T> =
      T extends (infer Item)[] ? Everything<Item>[] :
      T extends object ? string extends keyof T ? T : { [K in keyof T]-?: Everything<T[K]> } : T
    ${checks.join('\n')}`), '')
})

/** Of every array, one item: the literal would be long otherwise. */
function one (value) {
  if (Array.isArray(value)) return value.slice(0, 1).map(one)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, one(field)]))
}

test('check of the types notices a field too many and a field too few', () => {
  assert.match(complaints("import type { SkippedObject } from 'pgsluice'\nexport const one: SkippedObject = { kind: 'x', name: 'y', more: 1 }"), /more/)
  assert.match(complaints("import type { SkippedObject } from 'pgsluice'\nexport const one: SkippedObject = { kind: 'x' }"), /name/)
})
