/* A dump into a callback and a restore out of one, and callbacks that fail. */

#include "memory.h"

static int refuse(const uint8_t *bytes, size_t length, void *userdata)
{
    (void)bytes;
    (void)length;
    (void)userdata;
    return 7;
}

static ptrdiff_t break_down(uint8_t *buffer, size_t capacity, void *userdata)
{
    (void)buffer;
    (void)capacity;
    (void)userdata;
    return -5;
}

static ptrdiff_t claim_too_much(uint8_t *buffer, size_t capacity, void *userdata)
{
    (void)buffer;
    (void)userdata;
    return (ptrdiff_t)capacity + 1;
}

static ptrdiff_t give_garbage(uint8_t *buffer, size_t capacity, void *userdata)
{
    (void)userdata;
    memset(buffer, 'x', capacity);
    return (ptrdiff_t)capacity;
}

/* A job inside a callback of another: the thread is the program's own. */
struct nested {
    struct memory memory;
    struct memory *archive;
    int64_t entries;
};

static int list_meanwhile(const uint8_t *bytes, size_t length, void *userdata)
{
    struct nested *nested = (struct nested *)userdata;
    if (nested->entries == 0) {
        pgsluice_options *options = pgsluice_options_new();
        pgsluice_callbacks *callbacks = source_from(nested->archive, 4096);
        pgsluice_report *report = NULL;
        SUCCEEDS(pgsluice_list(options, callbacks, NULL, &report, &error));
        nested->entries = report_integer(report, "toc_entries");
        pgsluice_report_free(report);
        pgsluice_callbacks_free(callbacks);
        pgsluice_options_free(options);
    }
    return memory_keep(bytes, length, &nested->memory);
}

static pgsluice_options *dump_options(void)
{
    pgsluice_options *options = pgsluice_options_new();
    set_string(options, "source", setting("SOURCE_URL"));
    return options;
}

static pgsluice_options *restore_options(void)
{
    pgsluice_options *options = pgsluice_options_new();
    set_string(options, "target", setting("TARGET_URL"));
    return options;
}

static void dump(struct memory *memory)
{
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = sink_to(memory);
    pgsluice_report *report = NULL;
    SUCCEEDS(pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(memory->length == (size_t)report_integer(report, "size"));
    CHECK(memcmp(memory->bytes, "PGDMP", 5) == 0);
    CHECK(strcmp(report_string(report, "target"), "-") == 0);
    CHECK(report_string(report, "manifest")[0] == '\0');
    pgsluice_report_free(report);

    /* A place besides the callback. */
    set_string(options, "target", setting("ARCHIVE"));
    report = NULL;
    FAILS(PGSLUICE_STATUS_INVALID_INPUT, "there is a sink callback, and option \"target\"",
          pgsluice_dump(options, callbacks, NULL, &report, &error));
    set_string(options, "target", "-");
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, refuse, NULL, &error));
    FAILS(PGSLUICE_STATUS_STORAGE, "the sink callback returned 7",
          pgsluice_dump(options, callbacks, NULL, &report, &error));
    /* No callback any more. */
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, NULL, NULL, &error));
    FAILS(PGSLUICE_STATUS_INVALID_INPUT, "stream",
          pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(report == NULL);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

static void dump_nested(struct memory *archive)
{
    struct nested nested = {{NULL, 0, 0, 0, 0}, NULL, 0};
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    nested.archive = archive;
    SUCCEEDS(pgsluice_callbacks_set_sink(callbacks, list_meanwhile, &nested, &error));
    SUCCEEDS(pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(nested.entries == report_integer(report, "toc_entries"));
    free(nested.memory.bytes);
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

/* The same for every size of pieces. */
static void list(struct memory *memory)
{
    const size_t steps[] = {1, 7, 4096, SIZE_MAX};
    pgsluice_options *options = pgsluice_options_new();
    int64_t entries = 0;
    size_t i;
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        pgsluice_callbacks *callbacks = source_from(memory, steps[i]);
        pgsluice_report *report = NULL;
        SUCCEEDS(pgsluice_list(options, callbacks, NULL, &report, &error));
        CHECK(entries == 0 || entries == report_integer(report, "entries"));
        entries = report_integer(report, "entries");
        CHECK(entries > 0);
        pgsluice_report_free(report);
        pgsluice_callbacks_free(callbacks);
    }
    pgsluice_options_free(options);
}

static void fail_to_restore(pgsluice_source_callback source, pgsluice_status status,
                            const char *message)
{
    pgsluice_options *options = restore_options();
    pgsluice_options *nothing = pgsluice_options_new();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    SUCCEEDS(pgsluice_callbacks_set_source(callbacks, source, NULL, &error));
    FAILS(status, message, pgsluice_restore(options, callbacks, NULL, &report, &error));
    FAILS(status, message, pgsluice_list(nothing, callbacks, NULL, &report, &error));
    FAILS(PGSLUICE_STATUS_INVALID_INPUT, "there is a source callback, which this job",
          pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(report == NULL);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(nothing);
    pgsluice_options_free(options);
}

static void restore(struct memory *memory)
{
    pgsluice_options *options = restore_options();
    pgsluice_callbacks *callbacks = source_from(memory, 1000);
    pgsluice_report *report = NULL;
    SUCCEEDS(pgsluice_restore(options, callbacks, NULL, &report, &error));
    CHECK(report_integer(report, "rows") > 0);
    CHECK(report_integer(report, "failures") == 0);
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

int main(void)
{
    struct memory memory = {NULL, 0, 0, 0, 0};
    dump(&memory);
    list(&memory);
    fail_to_restore(break_down, PGSLUICE_STATUS_STORAGE, "the source callback returned -5");
    fail_to_restore(claim_too_much, PGSLUICE_STATUS_STORAGE, "bytes there was room for");
    fail_to_restore(give_garbage, PGSLUICE_STATUS_CORRUPT_ARCHIVE, "PGDMP");
    restore(&memory);
    dump_nested(&memory);
    free(memory.bytes);
    return 0;
}
