#include "portal/security_text.h"

#include "domain/email.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "runtime/clock.h"
#include "runtime/web_address.h"

#include <stdio.h>
#include <string.h>

/* RFC 9116, 2.5.5: less than a year, for whoever keeps a copy. Of the running site it is never over. */
#define GOOD_FOR DAYS(90)

bool security_contact_read(const struct config *config, const char **out_contact, struct fault *fault)
{
    static const char mail[] = "mailto:";
    const char *contact = *out_contact = config_text(config, CONFIG_PORTAL_SECURITY_CONTACT);
    struct email email;
    bool is_mail = strncmp(contact, mail, sizeof mail - 1) == 0;
    bool is_right = is_mail ? email_parse(contact + sizeof mail - 1, &email) : web_address_is_safe(contact);
    if (contact[0] == '\0' || (is_right && !strpbrk(contact, " \t\r\n"))) {
        return true;
    }
    fault_set(fault, FAULT_CONFIG, "portal.security_contact : « %s »", contact);
    return fault_hint(fault, "Écrire mailto: suivi d’une adresse de messagerie, ou une adresse en https://.");
}

void security_text_show(struct visit *visit)
{
    const struct statements *statements = &visit->portal->statements;
    char until[CLOCK_TEXT_SIZE], text[1024];
    if (statements->security_contact[0] == '\0') {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct instant now = clock_now(), day = {now.us - now.us % DAYS(1).us};
    clock_format(instant_add(day, GOOD_FOR), until);
    int length = snprintf(text, sizeof text,
        "Contact: %s\nExpires: %s\nPreferred-Languages: fr, en\nCanonical: %s/.well-known/security.txt\n",
        statements->security_contact, until, statements->address);
    page_send_text(visit, text, (size_t)length);
}
