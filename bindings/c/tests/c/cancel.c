/* Somebody cancels: before, from a callback, a signal handler, another thread; half-way. */

#include "check.h"

#include <pthread.h>
#include <signal.h>

/* What a signal handler can reach. */
static pgsluice_cancel *on_signal;

static void handle(int number)
{
    (void)number;
    pgsluice_cancel_trigger(on_signal);
}

/* A sink that has somebody cancel after its first bytes. */
struct half_way {
    size_t length;
    pthread_mutex_t lock;
    pthread_cond_t begun;
    pgsluice_cancel *cancel;
};

static int raise_a_signal(const uint8_t *bytes, size_t length, void *userdata)
{
    (void)bytes;
    if (*(size_t *)userdata == 0) {
        CHECK(raise(SIGUSR1) == 0);
    }
    *(size_t *)userdata += length;
    return 0;
}

static int tell_the_thread(const uint8_t *bytes, size_t length, void *userdata)
{
    struct half_way *half_way = (struct half_way *)userdata;
    (void)bytes;
    pthread_mutex_lock(&half_way->lock);
    half_way->length += length;
    pthread_cond_signal(&half_way->begun);
    /* Half-way it stays until the other thread has cancelled. */
    while (!pgsluice_cancel_is_triggered(half_way->cancel)) {
        pthread_cond_wait(&half_way->begun, &half_way->lock);
    }
    pthread_mutex_unlock(&half_way->lock);
    return 0;
}

static void *cancel_half_way(void *userdata)
{
    struct half_way *half_way = (struct half_way *)userdata;
    pthread_mutex_lock(&half_way->lock);
    while (half_way->length == 0) {
        pthread_cond_wait(&half_way->begun, &half_way->lock);
    }
    pgsluice_cancel_trigger(half_way->cancel);
    pthread_cond_signal(&half_way->begun);
    pthread_mutex_unlock(&half_way->lock);
    return NULL;
}

static int stop_when_stored(const pgsluice_progress *progress, void *userdata)
{
    int *asked = (int *)userdata;
    if (progress->stored_bytes == 0) {
        return 0;
    }
    *asked = 1;
    return 1;
}

static pgsluice_options *dump_options(void)
{
    pgsluice_options *options = pgsluice_options_new();
    set_string(options, "source", setting("SOURCE_URL"));
    set_string(options, "compression", "none");
    return options;
}

static void before(void)
{
    pgsluice_options *options = dump_options();
    pgsluice_cancel *cancel = pgsluice_cancel_new();
    pgsluice_report *report = NULL;
    CHECK(!pgsluice_cancel_is_triggered(cancel));
    pgsluice_cancel_trigger(cancel);
    pgsluice_cancel_trigger(cancel);
    CHECK(pgsluice_cancel_is_triggered(cancel));
    set_string(options, "target", setting("ARCHIVE"));
    FAILS(PGSLUICE_STATUS_CANCELLED, "cancelled",
          pgsluice_dump(options, NULL, cancel, &report, &error));
    CHECK(report == NULL);
    pgsluice_cancel_free(cancel);
    pgsluice_options_free(options);
}

/* The store is slow, so that there is a half-way. */
static void from_progress(void)
{
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    int asked = 0;
    set_string(options, "target", setting("ARCHIVE"));
    SUCCEEDS(pgsluice_callbacks_set_progress(callbacks, stop_when_stored, &asked, &error));
    FAILS(PGSLUICE_STATUS_CANCELLED, "cancelled",
          pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(asked && report == NULL);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

static void from_signal(void)
{
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    struct sigaction action;
    size_t length = 0;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handle;
    on_signal = pgsluice_cancel_new();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, raise_a_signal, &length, &error));
    FAILS(PGSLUICE_STATUS_CANCELLED, "cancelled",
          pgsluice_dump(options, callbacks, on_signal, &report, &error));
    CHECK(length > 0 && report == NULL);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    CHECK(signal(SIGUSR1, SIG_DFL) != SIG_ERR);
    pgsluice_cancel_free(on_signal);
}

static void from_thread(void)
{
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    struct half_way half_way;
    pthread_t thread;
    half_way.length = 0;
    half_way.cancel = pgsluice_cancel_new();
    CHECK(pthread_mutex_init(&half_way.lock, NULL) == 0);
    CHECK(pthread_cond_init(&half_way.begun, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, cancel_half_way, &half_way) == 0);
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, tell_the_thread, &half_way, &error));
    FAILS(PGSLUICE_STATUS_CANCELLED, "cancelled",
          pgsluice_dump(options, callbacks, half_way.cancel, &report, &error));
    CHECK(half_way.length > 0 && report == NULL);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_cond_destroy(&half_way.begun);
    pthread_mutex_destroy(&half_way.lock);
    pgsluice_cancel_free(half_way.cancel);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

int main(void)
{
    before();
    from_progress();
    from_signal();
    from_thread();
    return 0;
}
