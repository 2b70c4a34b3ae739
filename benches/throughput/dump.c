/* dump SOURCE TARGET: what `pgsluice dump -j 2` does, through the C library; TARGET - is standard output. */

#include <pgsluice.h>

#include <stdio.h>
#include <string.h>

static int write_out(const uint8_t *bytes, size_t length, void *userdata)
{
    return fwrite(bytes, 1, length, (FILE *)userdata) == length ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        return 3;
    }
    pgsluice_options *options = pgsluice_options_new();
    pgsluice_callbacks *callbacks = pgsluice_callbacks_new();
    pgsluice_report *report = NULL;
    pgsluice_error *error = NULL;
    static const char fixed[] = "{\"jobs\": 2, \"overwrite\": true}";
    if (pgsluice_options_set_json(options, fixed, sizeof(fixed) - 1, &error) ||
        pgsluice_options_set_string(options, PGSLUICE_LITERAL("source"), argv[1], strlen(argv[1]), &error) ||
        pgsluice_options_set_string(options, PGSLUICE_LITERAL("target"), argv[2], strlen(argv[2]), &error) ||
        (strcmp(argv[2], "-") == 0 && pgsluice_callbacks_set_sink(callbacks, write_out, stdout, &error)) ||
        pgsluice_dump(options, callbacks, NULL, &report, &error)) {
        fprintf(stderr, "%s\n", pgsluice_error_message(error).data);
        return 1;
    }
    pgsluice_report_free(report);
    pgsluice_callbacks_free(callbacks);
    pgsluice_options_free(options);
    return fflush(stdout) == 0 ? 0 : 1;
}
