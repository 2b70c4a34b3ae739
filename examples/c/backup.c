/*
 * backup TARGET: dumps the database that DATABASE_URL names into s3://bucket/key, a file, or
 * standard output (-). The AWS_* and PG* variables say what it leaves open.
 *
 * Shows how to follow a job, to stop it at Ctrl-C, to write its bytes oneself, and to report
 * what went wrong.
 */

#define _POSIX_C_SOURCE 200809L

#include <pgsluice.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pgsluice_cancel *cancel;

/* A signal handler may trigger a cancel. */
static void stop(int number)
{
    (void)number;
    pgsluice_cancel_trigger(cancel);
}

static int show(const pgsluice_progress *progress, void *userdata)
{
    (void)userdata;
    fprintf(stderr, "\r%" PRIu64 "/%" PRIu64 " tables, %" PRIu64 " rows, %.1f MB stored ",
            progress->tables_done, progress->tables_total, progress->rows,
            (double)progress->stored_bytes / 1e6);
    if (progress->stage == PGSLUICE_STAGE_DONE) {
        fputc('\n', stderr);
    }
    return 0;
}

static int write_out(const uint8_t *bytes, size_t length, void *userdata)
{
    return fwrite(bytes, 1, length, (FILE *)userdata) == length ? 0 : 1;
}

/* What the job is to do. Stops at the first thing that cannot be set. */
static pgsluice_status prepare(const char *target, pgsluice_options *options,
                               pgsluice_callbacks *callbacks, pgsluice_error **error)
{
    const char *source = getenv("DATABASE_URL");
    pgsluice_status status = pgsluice_callbacks_set_progress(callbacks, show, NULL, error);
    if (status == PGSLUICE_STATUS_OK && source != NULL) {
        status = pgsluice_options_set_string(options, PGSLUICE_LITERAL("source"), source,
                                             strlen(source), error);
    }
    if (status == PGSLUICE_STATUS_OK) {
        status = pgsluice_options_set_string(options, PGSLUICE_LITERAL("target"), target,
                                             strlen(target), error);
    }
    if (status == PGSLUICE_STATUS_OK && strcmp(target, "-") == 0) {
        status = pgsluice_callbacks_set_sink(callbacks, write_out, stdout, error);
    }
    return status;
}

static void tell(const pgsluice_error *error)
{
    fprintf(stderr, "backup: %s\n", pgsluice_error_message(error).data);
    if (pgsluice_error_hint(error).length > 0) {
        fprintf(stderr, "%s\n", pgsluice_error_hint(error).data);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: backup TARGET\n");
        return 3;
    }
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    pgsluice_error *error = NULL;
    cancel = pgsluice_cancel_new();

    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = stop;
    /* A second Ctrl-C ends the program at once. */
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);

    pgsluice_status status = prepare(argv[1], options, callbacks, &error);
    if (status == PGSLUICE_STATUS_OK) {
        status = pgsluice_dump(options, callbacks, cancel, &report, &error);
    }
    if (status == PGSLUICE_STATUS_OK && fflush(stdout) != 0) {
        perror("backup: standard output");
        status = PGSLUICE_STATUS_STORAGE;
    } else if (status == PGSLUICE_STATUS_OK) {
        fprintf(stderr, "%s\n", pgsluice_report_json(report).data);
    } else {
        tell(error);
    }

    /* Nobody can trigger it any more. */
    signal(SIGINT, SIG_DFL);
    pgsluice_cancel_free(cancel);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    pgsluice_report_free(report);
    pgsluice_error_free(error);
    return status == PGSLUICE_STATUS_OK ? 0 : 1;
}
