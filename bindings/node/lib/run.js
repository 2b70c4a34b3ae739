'use strict'

// A job from its start to its report or error, with what may happen to it meanwhile: an abort signal, a callback that wants
// to know about its progress and may throw.

const { setTimeout } = require('node:timers/promises')
const { request } = require('./engine.js')
const { PgsluiceError, cancelled } = require('./error.js')
const { parse } = require('./json.js')
const { take } = require('./options.js')

/** Milliseconds between two looks at a job's progress. */
const INTERVAL = 250

/** @typedef {(request: import('./native').Request) => import('./native').Job} Start */

class Run {
  /** @type {import('./native').Job | undefined} */
  #job
  /** Aborted when the job has ended, whether well or not. */
  #ended = new AbortController()
  /** Why the job was cancelled. @type {{ error: unknown } | undefined} */
  #cancelled

  /**
   * @param {() => unknown} options what the user gave; what it throws, the job fails with
   * @param {Start} start
   * @param {() => unknown} [cause] what is known about the cause, when the job has failed
   */
  constructor (options, start, cause) {
    this.report = this.#run(options, start, cause).finally(() => this.#ended.abort())
  }

  /**
   * Asks the job to stop.
   *
   * @param {unknown} error what it is to fail with
   */
  cancel (error) {
    this.#cancelled ??= { error }
    this.#job?.cancel()
  }

  /** Called once the job has ended. @param {() => void} callback */
  onEnd (callback) {
    this.#ended.signal.addEventListener('abort', callback, { once: true })
  }

  /** What `for await` gets: the progress, and at the end the error. */
  async * progress () {
    // Whoever waits for the iterator learns of a failure from it.
    this.report.catch(() => {})
    yield * this.#snapshots()
    await this.report
  }

  /**
   * @param {() => unknown} options
   * @param {Start} start
   * @param {(() => unknown) | undefined} cause
   */
  async #run (options, start, cause) {
    const { json, signal, onProgress } = take(options())
    if (signal?.aborted) throw cancelled(signal.reason)
    const abort = () => this.cancel(cancelled(signal?.reason))
    signal?.addEventListener('abort', abort)
    try {
      this.#job = start(request(json))
      const outcome = this.#outcome(cause)
      if (onProgress) await this.#tell(onProgress, outcome)
      return await outcome
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** @param {(() => unknown) | undefined} cause */
  async #outcome (cause) {
    const { report, error } = parse(await /** @type {import('./native').Job} */ (this.#job).ended())
    this.#ended.abort()
    if (!error) return report
    if (this.#cancelled) throw this.#cancelled.error
    throw new PgsluiceError(error, cause?.())
  }

  /**
   * Calls back until the job has ended. A callback that throws cancels it.
   *
   * @param {(progress: unknown) => unknown} onProgress
   * @param {Promise<unknown>} outcome
   */
  async #tell (onProgress, outcome) {
    outcome.catch(() => {})
    try {
      for await (const progress of this.#snapshots()) await onProgress(progress)
    } catch (error) {
      this.cancel(error)
      await outcome
      throw error
    }
  }

  /** The progress now, then as long as the job runs, then once more. */
  async * #snapshots () {
    const { signal } = this.#ended
    if (!this.#job) return
    while (!signal.aborted) {
      yield parse(this.#job.progress())
      await setTimeout(INTERVAL, undefined, { signal }).catch(() => {})
    }
    yield parse(this.#job.progress())
  }
}

module.exports = { Run }
