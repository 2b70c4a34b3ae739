/*
 * libpgsluice: PostgreSQL logical backups straight into object storage, as archives
 * that stock pg_restore reads.
 *
 * docs/C_API.md says how it is used: conventions that hold for every function here,
 * the options of every job, and a program for each function that can be run.
 *
 * This file is generated from bindings/c. Do not edit it.
 */


#ifndef PGSLUICE_H
#define PGSLUICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; pgsluice_version() has that of the library. */
#define PGSLUICE_VERSION "0.1.0"
#define PGSLUICE_VERSION_MAJOR 0
#define PGSLUICE_VERSION_MINOR 1
#define PGSLUICE_VERSION_PATCH 0
#define PGSLUICE_VERSION_NUMBER \
    (PGSLUICE_VERSION_MAJOR * 10000 + PGSLUICE_VERSION_MINOR * 100 + PGSLUICE_VERSION_PATCH)

/** A string literal as two arguments, its bytes and their number: PGSLUICE_LITERAL("jobs"). */
#define PGSLUICE_LITERAL(text) ("" text), (sizeof(text) - 1)

/**
 * What a function returns. The numbers are those of every release: none is ever given
 * another meaning, and new ones may come, so that a switch needs a default.
 */
typedef enum {
    /**
     * It has done what it says.
     */
    PGSLUICE_STATUS_OK = 0,
    /**
     * An argument, option or setting is unusable. Nothing was started.
     */
    PGSLUICE_STATUS_INVALID_INPUT = 1,
    /**
     * A selection pattern matches nothing in the database.
     */
    PGSLUICE_STATUS_NO_MATCH = 2,
    /**
     * The server cannot be reached, or the connection was lost. Retrying may help.
     */
    PGSLUICE_STATUS_CONNECT = 10,
    /**
     * The server refused the role, its password or its certificate.
     */
    PGSLUICE_STATUS_AUTHENTICATION = 11,
    /**
     * The role may not read an object.
     */
    PGSLUICE_STATUS_PERMISSION = 12,
    /**
     * A lock was not granted in time.
     */
    PGSLUICE_STATUS_LOCK_TIMEOUT = 13,
    /**
     * The server answered a statement with an error.
     */
    PGSLUICE_STATUS_SERVER = 14,
    /**
     * The database holds something pgsluice cannot keep, or the server's release is not supported.
     */
    PGSLUICE_STATUS_UNSUPPORTED = 15,
    /**
     * Bytes do not follow the archive format; the message has the offset.
     */
    PGSLUICE_STATUS_CORRUPT_ARCHIVE = 20,
    /**
     * The object store failed, or a sink or source callback did. Retrying may help.
     */
    PGSLUICE_STATUS_STORAGE = 30,
    /**
     * The bucket, object, file or directory does not exist.
     */
    PGSLUICE_STATUS_STORAGE_NOT_FOUND = 31,
    /**
     * The store refused the credentials or the access.
     */
    PGSLUICE_STATUS_STORAGE_DENIED = 32,
    /**
     * The target exists and overwriting was not asked for.
     */
    PGSLUICE_STATUS_STORAGE_EXISTS = 33,
    /**
     * The disk is full or the quota is used up.
     */
    PGSLUICE_STATUS_STORAGE_FULL = 34,
    /**
     * A backup is not what its manifest says.
     */
    PGSLUICE_STATUS_VERIFICATION = 40,
    /**
     * The caller cancelled.
     */
    PGSLUICE_STATUS_CANCELLED = 50,
    /**
     * pgsluice broke one of its own rules. Please report it.
     */
    PGSLUICE_STATUS_INTERNAL = 60,
} pgsluice_status;

/**
 * What a job is doing. Others may come, so that a switch needs a default.
 */
typedef enum {
    /**
     * Connecting to the server and checking the target.
     */
    PGSLUICE_STAGE_CONNECTING = 0,
    /**
     * Reading the catalogs and locking tables.
     */
    PGSLUICE_STAGE_CATALOG = 1,
    /**
     * Making what an archive defines.
     */
    PGSLUICE_STAGE_DEFINITIONS = 2,
    /**
     * Copying rows and large objects.
     */
    PGSLUICE_STAGE_DATA = 3,
    /**
     * Comparing what is there with what should be.
     */
    PGSLUICE_STAGE_CHECKING = 4,
    /**
     * Completing the archive and writing its manifest.
     */
    PGSLUICE_STAGE_FINISHING = 5,
    /**
     * The job has ended.
     */
    PGSLUICE_STAGE_DONE = 6,
    /**
     * Something that this release of the library has no number for.
     */
    PGSLUICE_STAGE_OTHER = 7,
} pgsluice_stage;

/**
 * How much a message matters, the most first.
 */
typedef enum {
    /**
     * Something could not be done.
     */
    PGSLUICE_LOG_LEVEL_ERROR = 1,
    /**
     * Something should be looked at.
     */
    PGSLUICE_LOG_LEVEL_WARN = 2,
    /**
     * What the library does, in a few lines.
     */
    PGSLUICE_LOG_LEVEL_INFO = 3,
    /**
     * For whoever looks for a mistake.
     */
    PGSLUICE_LOG_LEVEL_DEBUG = 4,
    /**
     * Everything.
     */
    PGSLUICE_LOG_LEVEL_TRACE = 5,
} pgsluice_log_level;

/**
 * The callbacks of a job. A job calls them on the thread that has called it, one at a time,
 * and never after it has returned.
 */
typedef struct pgsluice_callbacks pgsluice_callbacks;

/**
 * Stops the jobs that it is given to, from any thread or signal handler.
 *
 * It must live until those jobs have returned and nobody can trigger it any more. It may
 * be used by any number of threads and jobs at once. Once triggered it stays so: a
 * job that begins with it ends at once.
 */
typedef struct pgsluice_cancel pgsluice_cancel;

/**
 * What went wrong, while doing what, and what to do about it. No text of it holds a
 * password, key or token.
 *
 * A function that fails makes one for whoever gives it a place, and the caller frees it
 * with `pgsluice_error_free`.
 */
typedef struct pgsluice_error pgsluice_error;

/**
 * The options of a job of any kind: a JSON object that is put together piece by piece.
 *
 * Their names are the same in C, JSON, Node and Rust. A name with dots reaches inside:
 * "s3.endpoint", "labels.env". Names and types are looked at when a job begins, since
 * only then it is known of which kind it is.
 */
typedef struct pgsluice_options pgsluice_options;

/**
 * What a job has to say when it is done: a JSON object, whose members can also be asked
 * for by name. A name with dots reaches inside: "restored.foreign_keys".
 *
 * A job that succeeds makes one, and the caller frees it with `pgsluice_report_free`.
 */
typedef struct pgsluice_report pgsluice_report;

/**
 * Text that belongs to something else: the handle it was asked of, or the library itself.
 *
 * It is valid as long as that is. `data` is UTF-8, is never NULL, and has a NUL
 * byte behind its last one, which `length` does not count: it can be printed with "%s".
 * Where there is no text, `length` is 0.
 */
typedef struct {
    /**
     * The first byte.
     */
    const char *data;
    /**
     * Bytes, the NUL not counted.
     */
    size_t length;
} pgsluice_string;

/**
 * The counters of a job at one moment. Newer releases may add members at the end, so a
 * program must not copy more of it than its header knows.
 */
typedef struct {
    /**
     * What the job is doing.
     */
    pgsluice_stage stage;
    /**
     * The table being copied, qualified and quoted, or the archive being read; often empty.
     * It is valid until the callback returns.
     */
    pgsluice_string current;
    /**
     * Rows copied so far.
     */
    uint64_t rows;
    /**
     * Bytes of rows and large objects copied so far, before compression.
     */
    uint64_t raw_bytes;
    /**
     * What `raw_bytes` may come to, by the sizes of the tables; can be exceeded. 0: unknown.
     */
    uint64_t estimated_raw_bytes;
    /**
     * Bytes handed to the store or the sink so far.
     */
    uint64_t stored_bytes;
    /**
     * Tables copied completely.
     */
    uint64_t tables_done;
    /**
     * Tables whose rows will be copied. 0: unknown.
     */
    uint64_t tables_total;
} pgsluice_progress;

/**
 * Is told how far a job is, about ten times a second while it runs and a last time when it
 * has ended. `progress` is valid until it returns.
 *
 * Returns 0 to go on; anything else cancels the job. Of the last call the answer is not
 * looked at.
 */
typedef int (*pgsluice_progress_callback)(const pgsluice_progress *progress, void *userdata);

/**
 * Takes the next `length` bytes of an archive; never 0 of them. `bytes` is valid until it
 * returns. Only when the job returns `PGSLUICE_STATUS_OK` are the bytes an archive.
 *
 * Returns 0 if it has taken all of them. Anything else fails the job, whose error names
 * the number.
 */
typedef int (*pgsluice_sink_callback)(const uint8_t *bytes, size_t length, void *userdata);

/**
 * Writes the next bytes of an archive into `buffer`, which has room for `capacity`, at least
 * 1. It need not fill it.
 *
 * Returns how many it has written; 0 at the end of the archive. A negative number fails
 * the job, whose error names the number.
 */
typedef ptrdiff_t (*pgsluice_source_callback)(uint8_t *buffer, size_t capacity, void *userdata);

/**
 * Takes a message. `target` says which part of the library it is from, such as
 * "pgsluice::store". Both texts are valid until it returns. No message holds a password,
 * key or token.
 *
 * It is called on the thread that the message is from, which may be one of the library's
 * own, but never on two at once. It must neither begin a job nor set or unset a log
 * callback: they fail with `PGSLUICE_STATUS_INVALID_INPUT` there.
 */
typedef void (*pgsluice_log_callback)(pgsluice_log_level level,
                                      pgsluice_string target,
                                      pgsluice_string message,
                                      void *userdata);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that the program runs with, such as "0.1.0". It belongs to
 * the library. `PGSLUICE_VERSION` is that of the header it was compiled with.
 */
pgsluice_string pgsluice_version(void);

/**
 * The same as a number to compare with `PGSLUICE_VERSION_NUMBER`: major times 10,000 plus
 * minor times 100 plus patch.
 */
uint32_t pgsluice_version_number(void);

/**
 * The status that the function returned; `PGSLUICE_STATUS_OK` for NULL.
 */
pgsluice_status pgsluice_error_status(const pgsluice_error *error);

/**
 * The status as a word that never changes, such as "STORAGE_EXISTS": what Node and JSON
 * have for it. It belongs to the error; empty for NULL.
 */
pgsluice_string pgsluice_error_code(const pgsluice_error *error);

/**
 * What happened, with all its causes, on one line that begins lower-case and has no full
 * stop. It belongs to the error; empty for NULL.
 */
pgsluice_string pgsluice_error_message(const pgsluice_error *error);

/**
 * What to do about it, in whole sentences; empty if there is nothing to say, and for NULL.
 * It belongs to the error.
 */
pgsluice_string pgsluice_error_hint(const pgsluice_error *error);

/**
 * The five characters of the server's SQLSTATE; empty if it was not the server's error, and
 * for NULL. It belongs to the error.
 */
pgsluice_string pgsluice_error_sqlstate(const pgsluice_error *error);

/**
 * Frees an error and its text. NULL is allowed.
 */
void pgsluice_error_free(pgsluice_error *error);

/**
 * Makes options that say nothing yet.
 */
pgsluice_options *pgsluice_options_new(void);

/**
 * Sets an option to a string, which is copied.
 */
pgsluice_status pgsluice_options_set_string(pgsluice_options *options,
                                            const char *name,
                                            size_t name_length,
                                            const char *value,
                                            size_t value_length,
                                            pgsluice_error **error);

/**
 * Sets an option to a number.
 */
pgsluice_status pgsluice_options_set_integer(pgsluice_options *options,
                                             const char *name,
                                             size_t name_length,
                                             int64_t value,
                                             pgsluice_error **error);

/**
 * Sets an option to true or false.
 */
pgsluice_status pgsluice_options_set_boolean(pgsluice_options *options,
                                             const char *name,
                                             size_t name_length,
                                             bool value,
                                             pgsluice_error **error);

/**
 * Adds a string, which is copied, to an option that is a list, such as "tables".
 */
pgsluice_status pgsluice_options_add_string(pgsluice_options *options,
                                            const char *name,
                                            size_t name_length,
                                            const char *value,
                                            size_t value_length,
                                            pgsluice_error **error);

/**
 * Adds a number to an option that is a list, such as "entries".
 */
pgsluice_status pgsluice_options_add_integer(pgsluice_options *options,
                                             const char *name,
                                             size_t name_length,
                                             int64_t value,
                                             pgsluice_error **error);

/**
 * Merges a JSON object into the options, as RFC 7396 (JSON Merge Patch) has it: what it
 * names is replaced, null takes an option back, and objects such as "s3" are merged.
 * Names are taken as they are, dots included.
 *
 * On failure the options are as before.
 */
pgsluice_status pgsluice_options_set_json(pgsluice_options *options,
                                          const char *json,
                                          size_t json_length,
                                          pgsluice_error **error);

/**
 * Frees options. NULL is allowed.
 */
void pgsluice_options_free(pgsluice_options *options);

/**
 * Makes a set of callbacks with none in it.
 */
pgsluice_callbacks *pgsluice_callbacks_new(void);

/**
 * Has a job tell how far it is. `callback` gets `userdata` with every call; NULL takes a
 * callback back.
 */
pgsluice_status pgsluice_callbacks_set_progress(pgsluice_callbacks *callbacks,
                                                pgsluice_progress_callback callback,
                                                void *userdata,
                                                pgsluice_error **error);

/**
 * Has a dump hand its archive to `callback` instead of storing it. The option "target" is
 * then left out, or "-". NULL takes a callback back.
 */
pgsluice_status pgsluice_callbacks_set_sink(pgsluice_callbacks *callbacks,
                                            pgsluice_sink_callback callback,
                                            void *userdata,
                                            pgsluice_error **error);

/**
 * Has a restore or a listing ask `callback` for the archive instead of opening it. The
 * option "archive" is then left out, or "-". NULL takes a callback back.
 */
pgsluice_status pgsluice_callbacks_set_source(pgsluice_callbacks *callbacks,
                                              pgsluice_source_callback callback,
                                              void *userdata,
                                              pgsluice_error **error);

/**
 * Frees callbacks. NULL is allowed. What `userdata` points to is not looked at.
 */
void pgsluice_callbacks_free(pgsluice_callbacks *callbacks);

/**
 * Makes one that nobody has triggered.
 */
pgsluice_cancel *pgsluice_cancel_new(void);

/**
 * Asks the jobs to stop. Each notices within about a tenth of a second, cancels its
 * statements on the server, removes what it has stored, and returns
 * `PGSLUICE_STATUS_CANCELLED`; a job that is complete by then returns
 * `PGSLUICE_STATUS_OK`.
 *
 * May be called from a signal handler and from any thread; returns at once. NULL is
 * allowed and does nothing.
 */
void pgsluice_cancel_trigger(const pgsluice_cancel *cancel);

/**
 * Whether it was triggered; false for NULL. May be called like `pgsluice_cancel_trigger`.
 */
bool pgsluice_cancel_is_triggered(const pgsluice_cancel *cancel);

/**
 * Frees it. NULL is allowed.
 */
void pgsluice_cancel_free(pgsluice_cancel *cancel);

/**
 * The report as JSON. It belongs to the report; empty for NULL.
 */
pgsluice_string pgsluice_report_json(const pgsluice_report *report);

/**
 * An integer of the report, such as "rows"; of a list, such as "warnings", how many it has;
 * of what is true or false, 1 or 0.
 */
pgsluice_status pgsluice_report_integer(const pgsluice_report *report,
                                        const char *name,
                                        size_t name_length,
                                        int64_t *value,
                                        pgsluice_error **error);

/**
 * A number of the report, such as "seconds".
 */
pgsluice_status pgsluice_report_number(const pgsluice_report *report,
                                       const char *name,
                                       size_t name_length,
                                       double *value,
                                       pgsluice_error **error);

/**
 * A string of the report, such as "sha256"; empty where the report has null. It belongs to the report.
 */
pgsluice_status pgsluice_report_string(const pgsluice_report *report,
                                       const char *name,
                                       size_t name_length,
                                       pgsluice_string *value,
                                       pgsluice_error **error);

/**
 * Frees a report and its text. NULL is allowed.
 */
void pgsluice_report_free(pgsluice_report *report);

/**
 * Dumps a database into an archive, and returns when it is there or nothing of it is left.
 *
 * `options` are those of a dump: "source" and, without a sink callback, "target" must be
 * among them. `callbacks` and `cancel` may be NULL. What is lent must stay as it is until
 * the function returns.
 */
pgsluice_status pgsluice_dump(const pgsluice_options *options,
                              const pgsluice_callbacks *callbacks,
                              const pgsluice_cancel *cancel,
                              pgsluice_report **report,
                              pgsluice_error **error);

/**
 * Restores an archive into a database. Every table has all of its rows or none of them;
 * what was restored before an error stays, unless "single_transaction" is set.
 *
 * `options` are those of a restore: "target" and, without a source callback, "archive"
 * must be among them. `callbacks` and `cancel` may be NULL. What is lent must stay as it
 * is until the function returns.
 *
 * If "exit_on_error" is set to false, entries that the server refuses are "failures" in the
 * report, and the status is `PGSLUICE_STATUS_OK`: the restore has succeeded only if there
 * are none of them.
 */
pgsluice_status pgsluice_restore(const pgsluice_options *options,
                                 const pgsluice_callbacks *callbacks,
                                 const pgsluice_cancel *cancel,
                                 pgsluice_report **report,
                                 pgsluice_error **error);

/**
 * Proves that a stored archive is what was written, as far as the option "level" says:
 * "bytes", "archive", which is the default, or "restore". A backup that is not good is
 * `PGSLUICE_STATUS_VERIFICATION` or `PGSLUICE_STATUS_CORRUPT_ARCHIVE`.
 *
 * `options` are those of a verification: "archive" must be among them. `callbacks`
 * and `cancel` may be NULL. What is lent must stay as it is until the function returns.
 */
pgsluice_status pgsluice_verify(const pgsluice_options *options,
                                const pgsluice_callbacks *callbacks,
                                const pgsluice_cancel *cancel,
                                pgsluice_report **report,
                                pgsluice_error **error);

/**
 * Lists what an archive holds, as "pg_restore -l" does: the report has its header and
 * "entries". Of the archive only the beginning is read.
 *
 * `options` are those of a listing: without a source callback, "archive" must be among
 * them. `callbacks` and `cancel` may be NULL. What is lent must stay as it is until the
 * function returns.
 */
pgsluice_status pgsluice_list(const pgsluice_options *options,
                              const pgsluice_callbacks *callbacks,
                              const pgsluice_cancel *cancel,
                              pgsluice_report **report,
                              pgsluice_error **error);

/**
 * Reads the manifest that a dump has stored beside its archive: the report is what
 * docs/MANIFEST.md describes. The archive itself is not looked at.
 *
 * `options` are those of a listing: "archive" must be among them. `callbacks` and `cancel`
 * may be NULL. What is lent must stay as it is until the function returns.
 */
pgsluice_status pgsluice_read_manifest(const pgsluice_options *options,
                                       const pgsluice_callbacks *callbacks,
                                       const pgsluice_cancel *cancel,
                                       pgsluice_report **report,
                                       pgsluice_error **error);

/**
 * Has `callback` take the messages of all jobs of this process, from those that matter most
 * down to `level`, one of `pgsluice_log_level`. Of the libraries inside only
 * warnings and errors are among them. It takes the place of one that was set before.
 *
 * What `userdata` points to must be good to use on any thread, and stay until
 * `pgsluice_log_unset` has returned.
 */
pgsluice_status pgsluice_log_set(pgsluice_log_callback callback,
                                 int32_t level,
                                 void *userdata,
                                 pgsluice_error **error);

/**
 * Has no callback take messages any more. When it has returned, none is called.
 */
pgsluice_status pgsluice_log_unset(pgsluice_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PGSLUICE_H */
