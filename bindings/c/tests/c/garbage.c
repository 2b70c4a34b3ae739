/* NULL wherever it can be, and input that makes no sense. Nothing here needs a server. */

#include "check.h"

static const pgsluice_status INVALID = PGSLUICE_STATUS_INVALID_INPUT;

static void ignore(pgsluice_log_level level, pgsluice_string target, pgsluice_string message,
                   void *userdata)
{
    (void)level;
    (void)target;
    (void)message;
    (void)userdata;
}

static void free_null(void)
{
    pgsluice_options_free(NULL);
    pgsluice_callbacks_free(NULL);
    pgsluice_cancel_free(NULL);
    pgsluice_report_free(NULL);
    pgsluice_error_free(NULL);
}

static void ask_null(void)
{
    CHECK(pgsluice_error_status(NULL) == PGSLUICE_STATUS_OK);
    CHECK(pgsluice_error_code(NULL).length == 0);
    CHECK(strcmp(pgsluice_error_message(NULL).data, "") == 0);
    CHECK(strcmp(pgsluice_error_hint(NULL).data, "") == 0);
    CHECK(strcmp(pgsluice_error_sqlstate(NULL).data, "") == 0);
    CHECK(strcmp(pgsluice_report_json(NULL).data, "") == 0);
    CHECK(!pgsluice_cancel_is_triggered(NULL));
    pgsluice_cancel_trigger(NULL);
}

static void set_null(pgsluice_options *options)
{
    FAILS(INVALID, "options is NULL",
          pgsluice_options_set_string(NULL, "a", 1, "b", 1, &error));
    FAILS(INVALID, "options is NULL", pgsluice_options_set_integer(NULL, "a", 1, 1, &error));
    FAILS(INVALID, "options is NULL", pgsluice_options_set_boolean(NULL, "a", 1, true, &error));
    FAILS(INVALID, "options is NULL",
          pgsluice_options_add_string(NULL, "a", 1, "b", 1, &error));
    FAILS(INVALID, "options is NULL", pgsluice_options_add_integer(NULL, "a", 1, 1, &error));
    FAILS(INVALID, "options is NULL", pgsluice_options_set_json(NULL, "{}", 2, &error));
    FAILS(INVALID, "name is NULL",
          pgsluice_options_set_string(options, NULL, 1, "b", 1, &error));
    FAILS(INVALID, "value is NULL",
          pgsluice_options_set_string(options, "a", 1, NULL, 1, &error));
    FAILS(INVALID, "name is NULL", pgsluice_options_set_integer(options, NULL, 1, 1, &error));
    FAILS(INVALID, "name is NULL",
          pgsluice_options_set_boolean(options, NULL, 1, true, &error));
    FAILS(INVALID, "value is NULL",
          pgsluice_options_add_string(options, "a", 1, NULL, 1, &error));
    FAILS(INVALID, "name is NULL", pgsluice_options_add_integer(options, NULL, 1, 1, &error));
    FAILS(INVALID, "json is NULL", pgsluice_options_set_json(options, NULL, 1, &error));
    FAILS(INVALID, "callbacks is NULL",
          pgsluice_callbacks_set_progress(NULL, NULL, NULL, &error));
    FAILS(INVALID, "callbacks is NULL", pgsluice_callbacks_set_sink(NULL, NULL, NULL, &error));
    FAILS(INVALID, "callbacks is NULL",
          pgsluice_callbacks_set_source(NULL, NULL, NULL, &error));
    FAILS(INVALID, "callback is NULL",
          pgsluice_log_set(NULL, PGSLUICE_LOG_LEVEL_INFO, NULL, &error));
    /* Whoever does not want to know what was wrong, does not ask. */
    CHECK(pgsluice_options_set_json(NULL, NULL, 1, NULL) == INVALID);
}

static void run_null(const pgsluice_options *options)
{
    pgsluice_report *report = NULL;
    int64_t integer;
    double number;
    pgsluice_string string;
    FAILS(INVALID, "options is NULL", pgsluice_dump(NULL, NULL, NULL, &report, &error));
    FAILS(INVALID, "options is NULL", pgsluice_restore(NULL, NULL, NULL, &report, &error));
    FAILS(INVALID, "options is NULL", pgsluice_verify(NULL, NULL, NULL, &report, &error));
    FAILS(INVALID, "options is NULL", pgsluice_list(NULL, NULL, NULL, &report, &error));
    FAILS(INVALID, "options is NULL",
          pgsluice_read_manifest(NULL, NULL, NULL, &report, &error));
    FAILS(INVALID, "report is NULL", pgsluice_dump(options, NULL, NULL, NULL, &error));
    FAILS(INVALID, "report is NULL", pgsluice_restore(options, NULL, NULL, NULL, &error));
    FAILS(INVALID, "report is NULL", pgsluice_verify(options, NULL, NULL, NULL, &error));
    FAILS(INVALID, "report is NULL", pgsluice_list(options, NULL, NULL, NULL, &error));
    FAILS(INVALID, "report is NULL", pgsluice_read_manifest(options, NULL, NULL, NULL, &error));
    FAILS(INVALID, "report is NULL", pgsluice_report_integer(NULL, "a", 1, &integer, &error));
    FAILS(INVALID, "report is NULL", pgsluice_report_number(NULL, "a", 1, &number, &error));
    FAILS(INVALID, "report is NULL", pgsluice_report_string(NULL, "a", 1, &string, &error));
    CHECK(report == NULL);
}

static void set_garbage(pgsluice_options *options)
{
    const char *deep = "{\"a\": [1, 2], \"s3\": {\"region\": \"x\"}}";
    FAILS(INVALID, "name is not UTF-8",
          pgsluice_options_set_boolean(options, "\xff\xfe", 2, true, &error));
    FAILS(INVALID, "value is not UTF-8",
          pgsluice_options_set_string(options, "a", 1, "\xc3", 1, &error));
    FAILS(INVALID, "json is not UTF-8", pgsluice_options_set_json(options, "\x80", 1, &error));
    FAILS(INVALID, "json has a length of",
          pgsluice_options_set_json(options, "{}", SIZE_MAX, &error));
    FAILS(INVALID, "json is not JSON", pgsluice_options_set_json(options, "{", 1, &error));
    FAILS(INVALID, "json is not JSON", pgsluice_options_set_json(options, NULL, 0, &error));
    FAILS(INVALID, "json is not a JSON object",
          pgsluice_options_set_json(options, "[]", 2, &error));
    FAILS(INVALID, "cannot be the name",
          pgsluice_options_set_boolean(options, NULL, 0, true, &error));
    FAILS(INVALID, "cannot be the name",
          pgsluice_options_set_boolean(options, "a..b", 4, true, &error));
    SUCCEEDS(pgsluice_options_set_json(options, deep, strlen(deep), &error));
    FAILS(INVALID, "was set to a list",
          pgsluice_options_set_integer(options, "a.b", 3, 1, &error));
    FAILS(INVALID, "was set to an object",
          pgsluice_options_add_integer(options, "s3", 2, 1, &error));
    FAILS(INVALID, "-3 is not a log level", pgsluice_log_set(ignore, -3, NULL, &error));
    FAILS(INVALID, "6 is not a log level", pgsluice_log_set(ignore, 6, NULL, &error));
}

/* Names and types are looked at when a job begins. */
static void run_garbage(void)
{
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_report *report = NULL;
    FAILS(INVALID, "option \"archive\" is missing",
          pgsluice_list(options, NULL, NULL, &report, &error));
    set_string(options, "archive", "/nowhere/x.dump");
    FAILS(PGSLUICE_STATUS_STORAGE_NOT_FOUND, "/nowhere/x.dump",
          pgsluice_list(options, NULL, NULL, &report, &error));
    set_string(options, "jbos", "4");
    FAILS(INVALID, "there is no option \"jbos\"",
          pgsluice_verify(options, NULL, NULL, &report, &error));
    SUCCEEDS(pgsluice_options_set_json(options, "{\"jbos\": null}", 14, &error));
    set_string(options, "jobs", "4");
    FAILS(INVALID, "option \"jobs\": invalid type",
          pgsluice_verify(options, NULL, NULL, &report, &error));
    SUCCEEDS(pgsluice_options_set_integer(options, "jobs", 4, INT64_MIN, &error));
    FAILS(INVALID, "option \"jobs\"", pgsluice_verify(options, NULL, NULL, &report, &error));
    CHECK(report == NULL);
    pgsluice_options_free(options);
}

int main(void)
{
    pgsluice_options *options = pgsluice_options_new();
    CHECK(options != NULL);
    CHECK(strcmp(pgsluice_version().data, PGSLUICE_VERSION) == 0);
    CHECK(pgsluice_version_number() == PGSLUICE_VERSION_NUMBER);
    free_null();
    ask_null();
    set_null(options);
    run_null(options);
    set_garbage(options);
    run_garbage();
    pgsluice_options_free(options);
    return 0;
}
