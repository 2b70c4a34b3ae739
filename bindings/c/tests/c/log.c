/* The log callback: what it is told, what it may not do, when it is told no more. */

#include "memory.h"

#include <pthread.h>

struct heard {
    int messages;
    int of_ours;
    int refused;
    const char *secret;
};

static void hear(pgsluice_log_level level, pgsluice_string target, pgsluice_string message,
                 void *userdata)
{
    struct heard *heard = (struct heard *)userdata;
    CHECK(level >= PGSLUICE_LOG_LEVEL_ERROR && level <= PGSLUICE_LOG_LEVEL_TRACE);
    CHECK(strlen(target.data) == target.length && target.length > 0);
    CHECK(strstr(message.data, heard->secret) == NULL);
    heard->messages++;
    if (strncmp(target.data, "pgsluice", 8) == 0) {
        heard->of_ours++;
    }
    if (heard->refused == 0) {
        pgsluice_options *options = pgsluice_options_new();
        pgsluice_report *report = NULL;
        FAILS(PGSLUICE_STATUS_INVALID_INPUT, "inside a log callback",
              pgsluice_list(options, NULL, NULL, &report, &error));
        FAILS(PGSLUICE_STATUS_INVALID_INPUT, "inside a log callback",
              pgsluice_log_unset(&error));
        FAILS(PGSLUICE_STATUS_INVALID_INPUT, "inside a log callback",
              pgsluice_log_set(hear, 1, NULL, &error));
        pgsluice_options_free(options);
        heard->refused = 1;
    }
}

static void dump(void)
{
    struct memory memory = {NULL, 0, 0, 0, 0};
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_callbacks *callbacks = sink_to(&memory);
    pgsluice_report *report = NULL;
    set_string(options, "source", setting("SOURCE_URL"));
    SUCCEEDS(pgsluice_dump(options, callbacks, NULL, &report, &error));
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    free(memory.bytes);
}

static void *dump_on_a_thread(void *userdata)
{
    (void)userdata;
    dump();
    return NULL;
}

int main(void)
{
    struct heard heard = {0, 0, 0, NULL};
    struct heard second = {0, 0, 1, NULL};
    pthread_t thread;
    int before;
    heard.secret = second.secret = setting("PASSWORD");

    SUCCEEDS(pgsluice_log_unset(&error));
    SUCCEEDS(pgsluice_log_set(hear, PGSLUICE_LOG_LEVEL_TRACE, &heard, &error));
    CHECK(pthread_create(&thread, NULL, dump_on_a_thread, NULL) == 0);
    dump();
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(heard.of_ours > 0 && heard.refused);

    /* Another in its place, and not to be told of details. */
    before = heard.messages;
    SUCCEEDS(pgsluice_log_set(hear, PGSLUICE_LOG_LEVEL_ERROR, &second, &error));
    dump();
    CHECK(heard.messages == before && second.messages == 0);
    SUCCEEDS(pgsluice_log_set(hear, PGSLUICE_LOG_LEVEL_DEBUG, &second, &error));
    dump();
    CHECK(second.of_ours > 0 && heard.messages == before);

    before = second.messages;
    SUCCEEDS(pgsluice_log_unset(&error));
    dump();
    CHECK(second.messages == before);
    return 0;
}
