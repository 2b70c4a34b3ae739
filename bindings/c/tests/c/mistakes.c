/* What a sanitizer and valgrind have to find, so that the other programs prove something. */

#include "check.h"

int main(void)
{
    const char *mistake = setting("MISTAKE");
    pgsluice_options *options = pgsluice_options_new();
    set_string(options, "archive", "x");
    if (strcmp(mistake, "leak") == 0) {
        /* Several, since a register or the stack may still know the last. */
        int i;
        for (i = 0; i < 20; i++) {
            CHECK(pgsluice_options_new() != NULL);
        }
    }
    if (strcmp(mistake, "use after free") == 0) {
        pgsluice_error *error = NULL;
        pgsluice_string message;
        CHECK(pgsluice_options_set_json(options, "[", 1, &error) != PGSLUICE_STATUS_OK);
        message = pgsluice_error_message(error);
        pgsluice_error_free(error);
        printf("%c\n", message.data[0]);
    }
    pgsluice_options_free(options);
    return 0;
}
