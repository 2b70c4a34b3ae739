'use strict'

// Archives as Node streams, with the streams' back-pressure on the engine.

const { Readable, Writable, pipeline } = require('node:stream')
const { engine, native } = require('./engine.js')
const { cancelled, invalidInput } = require('./error.js')
const { Run } = require('./run.js')

/** The bytes of a dump. */
class DumpStream extends Readable {
  #run
  /** None if the dump could not be started. @type {import('./native').Output | undefined} */
  #output

  /** @param {any} options */
  constructor (options) {
    super()
    this.#run = new Run(() => toStream(options), request => {
      this.#output = new native.Output()
      return engine.dump(request, this.#output)
    })
    this.report = this.#run.report
    // A failure is the stream's error, whether anybody waits for the report or not.
    this.report.catch(error => this.destroy(error))
  }

  progress () {
    return this.#run.progress()
  }

  /** @override */
  async _read () {
    const chunk = await this.#output?.next()
    if (chunk) {
      this.push(chunk)
    } else {
      // The stream ends only if the archive is complete; otherwise it is destroyed.
      this.report.then(() => this.push(null), () => {})
    }
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error: Error | null) => void} callback
   */
  _destroy (error, callback) {
    this.#run.cancel(cancelled(error ?? new Error('the stream was destroyed before its end')))
    const closed = () => callback(error)
    this.report.then(closed, closed)
  }
}

/** @param {any} options */
function toStream (options) {
  if (typeof options !== 'object' || options === null) return options
  if (options.target !== undefined) {
    throw invalidInput('there is no option "target" of a dump that is a stream', 'Leave it out, or use dump().')
  }
  return { ...options, target: '-' }
}

/**
 * Starts a job that reads an archive, which may be a stream.
 *
 * @param {any} options
 * @param {(request: import('./native').Request, input?: import('./native').Input) => import('./native').Job} start
 */
function read (options, start) {
  const source = options?.archive
  if (!isSource(source)) return new Run(() => notByName(options), start)
  const pump = new Pump(source)
  const run = new Run(() => ({ ...options, archive: '-' }), request => start(request, pump.open()), () => pump.error)
  run.onEnd(() => pump.close())
  return run
}

/** @param {any} options */
function notByName (options) {
  if (options?.archive !== '-') return options
  throw invalidInput('option "archive" is "-", a stream, which must be given itself',
    'Give it a Readable: archive: process.stdin, or archive: createReadStream(path).')
}

/**
 * @param {any} value
 * @returns {value is NodeJS.ReadableStream | AsyncIterable<Uint8Array>}
 */
function isSource (value) {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Brings the bytes of a source to a job. Either's failure is the other's. */
class Pump {
  #source
  /** @type {ArchiveSink | undefined} */
  #sink

  /** @param {NodeJS.ReadableStream | AsyncIterable<Uint8Array>} source */
  constructor (source) {
    this.#source = source
  }

  /** Begins. The job reads what this returns. */
  open () {
    const input = new native.Input()
    this.#sink = new ArchiveSink(input)
    // What goes wrong, the sink learns, and through it the job.
    pipeline(this.#source, this.#sink, () => {})
    return input
  }

  /** What went wrong with the source. */
  get error () {
    return this.#sink?.errored ?? undefined
  }

  /** Ends, whether the source is at its end or not: the job is. */
  close () {
    // First the source, without an error: it has done nothing wrong.
    if ('destroy' in this.#source && typeof this.#source.destroy === 'function') this.#source.destroy()
    this.#sink?.destroy()
  }
}

/** Takes the bytes of an archive into the engine. */
class ArchiveSink extends Writable {
  #input

  /** @param {import('./native').Input} input */
  constructor (input) {
    super({ decodeStrings: false })
    this.#input = input
  }

  /**
   * @override
   * @param {Buffer | string} chunk
   * @param {BufferEncoding} _encoding
   * @param {(error?: Error) => void} callback
   */
  _write (chunk, _encoding, callback) {
    if (typeof chunk === 'string') {
      callback(new TypeError('the stream gives strings, expected bytes: set no encoding on it'))
      return
    }
    // A job that wants no more is about to end, and then this is destroyed.
    this.#input.write(chunk).then(wanted => { if (wanted) callback() }, callback)
  }

  /**
   * @override
   * @param {() => void} callback
   */
  _final (callback) {
    this.#input.end()
    callback()
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error: Error | null) => void} callback
   */
  _destroy (error, callback) {
    this.#input.end(error?.message)
    callback(error)
  }
}

module.exports = { DumpStream, read }
