/*
 * copy: copies the database that DATABASE_URL names into the empty one that COPY_URL names, with
 * nothing stored in between: one thread dumps into a pipe, another restores out of it.
 *
 * Shows sink and source callbacks, and how a failure on one side ends the other.
 */

#define _POSIX_C_SOURCE 200809L

#include <pgsluice.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_to_pipe(const uint8_t *bytes, size_t length, void *userdata)
{
    int pipe = *(int *)userdata;
    while (length > 0) {
        ssize_t written = write(pipe, bytes, length);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

static ptrdiff_t read_from_pipe(uint8_t *buffer, size_t capacity, void *userdata)
{
    int pipe = *(int *)userdata;
    ssize_t length;
    do {
        length = read(pipe, buffer, capacity);
    } while (length < 0 && errno == EINTR);
    return length < 0 ? -errno : length;
}

static void tell(const char *who, const pgsluice_error *error)
{
    fprintf(stderr, "copy: %s: %s\n%s\n", who, pgsluice_error_message(error).data,
            pgsluice_error_hint(error).data);
}

/* A side of the copy, which ends by closing its end of the pipe. */
struct side {
    int pipe;
    pgsluice_status status;
};

static pgsluice_options *connected(const char *option, const char *variable)
{
    pgsluice_options *options = pgsluice_options_new();
    const char *url = getenv(variable);
    if (url != NULL) {
        pgsluice_options_set_string(options, option, strlen(option), url, strlen(url), NULL);
    }
    return options;
}

static void *dump(void *userdata)
{
    struct side *side = userdata;
    pgsluice_options *options = connected("source", "DATABASE_URL");
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    pgsluice_error *error = NULL;

    pgsluice_callbacks_set_sink(callbacks, write_to_pipe, &side->pipe, NULL);
    side->status = pgsluice_dump(options, callbacks, NULL, &report, &error);
    close(side->pipe);
    if (side->status != PGSLUICE_STATUS_OK) {
        tell("dump", error);
    }
    pgsluice_report_free(report);
    pgsluice_error_free(error);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    return NULL;
}

static void restore(struct side *side)
{
    pgsluice_options *options = connected("target", "COPY_URL");
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    pgsluice_error *error = NULL;

    pgsluice_callbacks_set_source(callbacks, read_from_pipe, &side->pipe, NULL);
    side->status = pgsluice_restore(options, callbacks, NULL, &report, &error);
    close(side->pipe);
    if (side->status == PGSLUICE_STATUS_OK) {
        printf("%s\n", pgsluice_report_json(report).data);
    } else {
        tell("restore", error);
    }
    pgsluice_report_free(report);
    pgsluice_error_free(error);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

int main(void)
{
    int ends[2];
    pthread_t thread;
    /* A pipe whose reader is gone is an error of the sink, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    if (pipe(ends) != 0) {
        perror("copy: pipe");
        return 1;
    }
    struct side source = {ends[1], PGSLUICE_STATUS_OK};
    struct side target = {ends[0], PGSLUICE_STATUS_OK};
    if (pthread_create(&thread, NULL, dump, &source) != 0) {
        fprintf(stderr, "copy: no thread can be started\n");
        return 1;
    }
    restore(&target);
    pthread_join(thread, NULL);
    return source.status == PGSLUICE_STATUS_OK && target.status == PGSLUICE_STATUS_OK ? 0 : 1;
}
