/*
 * What every test program has: checks that end it, and settings out of the environment.
 *
 * The programs are compiled as C99 and as C++17, so they keep to what both have.
 */
#ifndef CHECK_H
#define CHECK_H

#include <pgsluice.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            check_failed(__FILE__, __LINE__, #condition);                                      \
        }                                                                                      \
    } while (0)

/* A call with `&error` as its last argument must succeed. */
#define SUCCEEDS(call)                                                                         \
    do {                                                                                       \
        pgsluice_error *error = NULL;                                                          \
        pgsluice_status outcome = (call);                                                      \
        check_succeeded(__FILE__, __LINE__, outcome, error);                                   \
    } while (0)

/* A call must fail with a status, and with a message that contains a text. */
#define FAILS(expected, text, call)                                                            \
    do {                                                                                       \
        pgsluice_error *error = NULL;                                                          \
        pgsluice_status outcome = (call);                                                      \
        check_error(__FILE__, __LINE__, outcome, error, (expected), (text));                   \
    } while (0)

static inline void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    exit(1);
}

static inline void check_succeeded(const char *file, int line, pgsluice_status status,
                                   pgsluice_error *error)
{
    if (status != PGSLUICE_STATUS_OK) {
        fprintf(stderr, "%s:%d: %s: %s\n%s\n", file, line, pgsluice_error_code(error).data,
                pgsluice_error_message(error).data, pgsluice_error_hint(error).data);
        exit(1);
    }
    if (error != NULL) {
        check_failed(file, line, "an output is written on failure only");
    }
}

static inline void check_error(const char *file, int line, pgsluice_status status,
                               pgsluice_error *error, pgsluice_status expected,
                               const char *text)
{
    pgsluice_string message = pgsluice_error_message(error);
    if (error == NULL || status != expected || pgsluice_error_status(error) != status ||
        strstr(message.data, text) == NULL) {
        fprintf(stderr, "%s:%d: expected %d and \"%s\", found %d: %s\n", file, line,
                (int)expected, text, (int)status, message.data);
        exit(1);
    }
    if (strlen(message.data) != message.length || pgsluice_error_code(error).length == 0) {
        check_failed(file, line, "text of an error is complete");
    }
    pgsluice_error_free(error);
}

/* A setting that the test gives. */
static inline const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static inline void set_string(pgsluice_options *options, const char *name, const char *value)
{
    SUCCEEDS(pgsluice_options_set_string(options, name, strlen(name), value, strlen(value),
                                         &error));
}

static inline void set_boolean(pgsluice_options *options, const char *name, bool value)
{
    SUCCEEDS(pgsluice_options_set_boolean(options, name, strlen(name), value, &error));
}

static inline int64_t report_integer(const pgsluice_report *report, const char *name)
{
    int64_t value = -1;
    SUCCEEDS(pgsluice_report_integer(report, name, strlen(name), &value, &error));
    return value;
}

static inline const char *report_string(const pgsluice_report *report, const char *name)
{
    pgsluice_string value;
    SUCCEEDS(pgsluice_report_string(report, name, strlen(name), &value, &error));
    return value.data;
}

#endif
