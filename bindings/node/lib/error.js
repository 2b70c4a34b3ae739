'use strict'

/**
 * What a job fails with.
 *
 * @typedef {object} Facts
 * @property {string} code
 * @property {number} kind
 * @property {string} message
 * @property {string | null} [hint]
 * @property {string | null} [sqlstate]
 */

class PgsluiceError extends Error {
  /**
   * @param {Facts} facts
   * @param {unknown} [cause]
   */
  constructor (facts, cause) {
    super(facts.message, cause === undefined ? undefined : { cause })
    /** @type {any} */
    this.code = facts.code
    this.kind = facts.kind
    // What is not known is not there, so that a printed error shows no empty fields.
    if (facts.hint != null) this.hint = facts.hint
    if (facts.sqlstate != null) this.sqlstate = facts.sqlstate
  }
}
Object.defineProperty(PgsluiceError.prototype, 'name', { value: 'PgsluiceError', configurable: true, writable: true })

/**
 * @param {string} message
 * @param {string} hint
 */
function invalidInput (message, hint) {
  return new PgsluiceError({ code: 'INVALID_INPUT', kind: 1, message, hint })
}

/** @param {unknown} reason */
function cancelled (reason) {
  return new PgsluiceError({ code: 'CANCELLED', kind: 50, message: 'cancelled' }, reason)
}

module.exports = { PgsluiceError, invalidInput, cancelled }
