/* Numbers, one a line, as domain/phone reads them: E.164 and "mobile", "fixed" or "foreign"; "-" for none. */
#include "domain/phone.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
    [PHONE_FIXED] = "fixed",
    [PHONE_MOBILE] = "mobile",
    [PHONE_FOREIGN] = "foreign",
};

int main(void)
{
    char line[200];
    while (fgets(line, sizeof line, stdin)) {
        struct phone phone;
        line[strcspn(line, "\n")] = '\0';
        if (phone_parse(line, &phone)) {
            printf("%s %s\n", phone.e164, kinds[phone_kind(&phone)]);
        } else {
            puts("-");
        }
    }
    return 0;
}
