'use strict'

const { engine } = require('./lib/engine.js')
const { PgsluiceError, invalidInput } = require('./lib/error.js')
const { Run } = require('./lib/run.js')
const { DumpStream, read } = require('./lib/streams.js')

/** @type {typeof import('./index').dump} */
function dump (options) {
  return job(new Run(() => notToStream(options), request => engine.dump(request)))
}

/** @type {typeof import('./index').createDumpStream} */
function createDumpStream (options) {
  return new DumpStream(options)
}

/** @type {typeof import('./index').restore} */
function restore (options) {
  return job(read(options, (request, input) => engine.restore(request, input)))
}

/** @type {typeof import('./index').verify} */
function verify (options) {
  return job(new Run(() => options, request => engine.verify(request)))
}

/** @type {typeof import('./index').list} */
function list (options) {
  return read(options, (request, input) => engine.list(request, input)).report
}

/** @type {typeof import('./index').readManifest} */
function readManifest (options) {
  return new Run(() => options, request => engine.readManifest(request)).report
}

/** @param {import('./index').DumpOptions} options */
function notToStream (options) {
  if (options?.target !== '-') return options
  throw invalidInput('option "target" is "-", a stream, which dump() does not have', 'Use createDumpStream(), which is one.')
}

/**
 * A promise of the report that also tells the progress.
 *
 * @param {Run} run
 */
function job (run) {
  return Object.assign(run.report, { progress: () => run.progress() })
}

module.exports = { dump, createDumpStream, restore, verify, list, readManifest, PgsluiceError }
