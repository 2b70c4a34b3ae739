/* Into a store and back: a dump to S3, everything that can be asked of it, a restore. */

#include "check.h"

struct seen {
    int calls;
    pgsluice_progress last;
};

static int look(const pgsluice_progress *progress, void *userdata)
{
    struct seen *seen = (struct seen *)userdata;
    CHECK(progress->current.data != NULL);
    seen->calls++;
    seen->last = *progress;
    return 0;
}

static pgsluice_options *archive_options(void)
{
    pgsluice_options *options = pgsluice_options_new();
    set_string(options, "archive", setting("ARCHIVE"));
    return options;
}

static pgsluice_options *dump_options(void)
{
    pgsluice_options *options = pgsluice_options_new();
    const char *json = "{\"labels\": {\"reason\": \"test\", \"by\": null}, \"jobs\": 2}";
    set_string(options, "source", setting("SOURCE_URL"));
    set_string(options, "target", setting("ARCHIVE"));
    set_string(options, "labels.env", "tests of C");
    set_string(options, "labels.by", "nobody");
    SUCCEEDS(pgsluice_options_set_json(options, json, strlen(json), &error));
    SUCCEEDS(pgsluice_options_set_integer(options, PGSLUICE_LITERAL("jobs"), 1, &error));
    SUCCEEDS(pgsluice_options_add_string(options, PGSLUICE_LITERAL("exclude_tables"),
                                         PGSLUICE_LITERAL("nothing_like_this"), &error));
    return options;
}

static void dump(void)
{
    pgsluice_options *options = dump_options();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    struct seen seen = {0, {PGSLUICE_STAGE_OTHER, {NULL, 0}, 0, 0, 0, 0, 0, 0}};
    double seconds = -1;

    SUCCEEDS(pgsluice_callbacks_set_progress(callbacks, look, &seen, &error));
    SUCCEEDS(pgsluice_dump(options, callbacks, NULL, &report, &error));
    CHECK(strcmp(report_string(report, "target"), setting("ARCHIVE")) == 0);
    CHECK(strlen(report_string(report, "sha256")) == 64);
    CHECK(report_integer(report, "rows") > 0);
    CHECK(report_integer(report, "jobs") == 1);
    CHECK(report_integer(report, "warnings") == 0);
    SUCCEEDS(pgsluice_report_number(report, PGSLUICE_LITERAL("seconds"), &seconds, &error));
    CHECK(seconds > 0);
    CHECK(strstr(pgsluice_report_json(report).data, "\"rows\":") != NULL);
    CHECK(seen.calls > 0 && seen.last.stage == PGSLUICE_STAGE_DONE);
    CHECK((int64_t)seen.last.rows == report_integer(report, "rows"));
    pgsluice_report_free(report);
    report = NULL;

    /* It is there now. */
    FAILS(PGSLUICE_STATUS_STORAGE_EXISTS, "exists",
          pgsluice_dump(options, NULL, NULL, &report, &error));
    CHECK(report == NULL);
    set_boolean(options, "overwrite", true);
    SUCCEEDS(pgsluice_dump(options, NULL, NULL, &report, &error));

    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
}

static int64_t verify(void)
{
    pgsluice_options *options = archive_options();
    pgsluice_report *report = NULL;
    int64_t rows;

    set_string(options, "level", "bytes");
    SUCCEEDS(pgsluice_verify(options, NULL, NULL, &report, &error));
    CHECK(strcmp(report_string(report, "compared_with"), "manifest") == 0);
    pgsluice_report_free(report);

    set_string(options, "level", "archive");
    SUCCEEDS(pgsluice_verify(options, NULL, NULL, &report, &error));
    rows = report_integer(report, "rows");
    pgsluice_report_free(report);
    report = NULL;

    set_string(options, "level", "restore");
    FAILS(PGSLUICE_STATUS_INVALID_INPUT, "server",
          pgsluice_verify(options, NULL, NULL, &report, &error));
    CHECK(report == NULL);
    set_string(options, "server", setting("TARGET_URL"));
    SUCCEEDS(pgsluice_verify(options, NULL, NULL, &report, &error));
    CHECK(report_integer(report, "restored.foreign_keys") == 1);
    CHECK(report_integer(report, "restored.tables_counted") == 2);
    pgsluice_report_free(report);
    pgsluice_options_free(options);
    return rows;
}

static void look_at_it(void)
{
    pgsluice_options *options = archive_options();
    pgsluice_report *report = NULL;

    SUCCEEDS(pgsluice_list(options, NULL, NULL, &report, &error));
    CHECK(report_integer(report, "entries") > 0);
    CHECK(strcmp(report_string(report, "format"), "CUSTOM") == 0);
    pgsluice_report_free(report);

    SUCCEEDS(pgsluice_read_manifest(options, NULL, NULL, &report, &error));
    CHECK(strcmp(report_string(report, "labels.env"), "tests of C") == 0);
    CHECK(strcmp(report_string(report, "labels.reason"), "test") == 0);
    CHECK(strstr(pgsluice_report_json(report).data, "nobody") == NULL);
    pgsluice_report_free(report);

    set_string(options, "archive", "s3://backups/nothing.dump");
    FAILS(PGSLUICE_STATUS_STORAGE_NOT_FOUND, "nothing.dump",
          pgsluice_list(options, NULL, NULL, &report, &error));
    pgsluice_options_free(options);
}

static void restore(int64_t rows)
{
    pgsluice_options *options = archive_options();
    pgsluice_report *report = NULL;

    set_string(options, "target", setting("TARGET_URL"));
    SUCCEEDS(pgsluice_restore(options, NULL, NULL, &report, &error));
    CHECK(report_integer(report, "rows") == rows);
    CHECK(report_integer(report, "checked") == 1);
    CHECK(report_integer(report, "failures") == 0);
    pgsluice_report_free(report);
    report = NULL;

    /* Everything is there now: the server refuses, with a SQLSTATE. */
    {
        pgsluice_error *error = NULL;
        CHECK(pgsluice_restore(options, NULL, NULL, &report, &error) ==
              PGSLUICE_STATUS_SERVER);
        CHECK(report == NULL);
        CHECK(pgsluice_error_sqlstate(error).length == 5);
        CHECK(strcmp(pgsluice_error_code(error).data, "SERVER") == 0);
        pgsluice_error_free(error);
    }
    set_boolean(options, "exit_on_error", false);
    SUCCEEDS(pgsluice_restore(options, NULL, NULL, &report, &error));
    CHECK(report_integer(report, "failures") > 0);
    pgsluice_report_free(report);
    pgsluice_options_free(options);
}

int main(void)
{
    dump();
    look_at_it();
    restore(verify());
    return 0;
}
