/* Several jobs at once, whose callbacks come on the threads that have called them, while the
 * library's own threads leave signals alone. */

#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>

#define JOBS 3

struct job {
    pthread_t thread;
    pgsluice_cancel *cancel;
    size_t length;
    int calls;
};

static int count(const uint8_t *bytes, size_t length, void *userdata)
{
    struct job *job = (struct job *)userdata;
    (void)bytes;
    CHECK(pthread_equal(pthread_self(), job->thread));
    job->length += length;
    return 0;
}

static int follow(const pgsluice_progress *progress, void *userdata)
{
    struct job *job = (struct job *)userdata;
    (void)progress;
    CHECK(pthread_equal(pthread_self(), job->thread));
    job->calls++;
    return 0;
}

static void *dump(void *userdata)
{
    struct job *job = (struct job *)userdata;
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    job->thread = pthread_self();
    set_string(options, "source", setting("SOURCE_URL"));
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, count, job, &error));
    SUCCEEDS(pgsluice_callbacks_set_progress(callbacks, follow, job, &error));
    SUCCEEDS(pgsluice_dump(options, callbacks, job->cancel, &report, &error));
    CHECK(job->length == (size_t)report_integer(report, "size"));
    CHECK(job->calls > 0);
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    return NULL;
}

/* Whether a thread of this process, by its status file, keeps a signal from itself. */
static bool blocks(const char *status, int number)
{
    const char *mask = strstr(status, "SigBlk:");
    CHECK(mask != NULL);
    return (strtoull(mask + 7, NULL, 16) >> (number - 1) & 1) != 0;
}

/* Looks at all threads of the library, on Linux. */
static int look_at_threads(const uint8_t *bytes, size_t length, void *userdata)
{
    int *found = (int *)userdata;
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    (void)bytes;
    (void)length;
    CHECK(tasks != NULL);
    while ((task = readdir(tasks)) != NULL) {
        char path[300];
        char status[4096];
        size_t read;
        FILE *file;
        snprintf(path, sizeof(path), "/proc/self/task/%s/status", task->d_name);
        file = fopen(path, "r");
        if (task->d_name[0] == '.' || file == NULL) {
            continue;
        }
        read = fread(status, 1, sizeof(status) - 1, file);
        status[read] = '\0';
        fclose(file);
        if (strstr(status, "Name:\tpgsluice") == status) {
            (*found)++;
            CHECK(blocks(status, SIGPIPE) && blocks(status, SIGINT) && blocks(status, SIGTERM));
            CHECK(!blocks(status, SIGSEGV));
        }
    }
    closedir(tasks);
    return 0;
}

static void signals_are_left_alone(void)
{
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    sigset_t mask;
    int found = 0;
    set_string(options, "source", setting("SOURCE_URL"));
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, look_at_threads, &found, &error));
    SUCCEEDS(pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(found >= 2);
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
    CHECK(!sigismember(&mask, SIGPIPE) && !sigismember(&mask, SIGINT));
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

int main(void)
{
    struct job jobs[JOBS];
    pthread_t threads[JOBS];
    pgsluice_cancel *cancel = pgsluice_cancel_new();
    int i;
    memset(jobs, 0, sizeof(jobs));
    for (i = 0; i < JOBS; i++) {
        jobs[i].cancel = cancel;
        CHECK(pthread_create(&threads[i], NULL, dump, &jobs[i]) == 0);
    }
    for (i = 0; i < JOBS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(jobs[i].length > 0);
    }
    CHECK(!pgsluice_cancel_is_triggered(cancel));
    pgsluice_cancel_free(cancel);
    signals_are_left_alone();
    return 0;
}
