/* Of the page of one account: when the family calls (guide 2.2), what can be its situation and the very next step. */
#include "domain/assistance.h"
#include "portal/account_view.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/clock.h"

/* The part of compte-aide.html that says each. */
static const char *const parts[] = {
    [ASSISTANCE_NONE] = NULL,
    [ASSISTANCE_NOTIFY] = "NOTIFY",
    [ASSISTANCE_NOTIFY_AGAIN] = "NOTIFY_AGAIN",
    [ASSISTANCE_TELL_IDENTIFIER] = "TELL_IDENTIFIER",
    [ASSISTANCE_SHOW_PASSWORD] = "SHOW_PASSWORD",
    [ASSISTANCE_RENEW] = "RENEW",
    [ASSISTANCE_RESET_AND_NOTIFY] = "RESET_AND_NOTIFY",
    [ASSISTANCE_RESEND] = "RESEND_SAME",
    [ASSISTANCE_RESEND_ELSEWHERE] = "RESEND_ELSEWHERE",
    [ASSISTANCE_EMAIL_AT_OPENING] = "EMAIL_AT_OPENING",
    [ASSISTANCE_EMAIL_AT_DESK] = "EMAIL_AT_DESK",
    [ASSISTANCE_CORRECT_EMAIL] = "CORRECT_EMAIL",
    [ASSISTANCE_CORRECT_CHILD_DATES] = "CHILD_DATES",
    [ASSISTANCE_CORRECT_OWN_DATE] = "OWN_DATE",
    [ASSISTANCE_CORRECT_MOBILE] = "CORRECT_MOBILE",
    [ASSISTANCE_CORRECT_MOBILE_FRANCE] = "CORRECT_MOBILE_FRANCE",
};

static void date_fill(struct view *view, struct date birth_date, struct instant changed_at)
{
    char date[DATE_TEXT_SIZE] = "";
    char day[WORDING_SIZE];
    if (date_is_valid(birth_date)) {
        date_write_french(birth_date, date);
    }
    wording_day(changed_at, day);
    view_set(view, "KNOWN_DATE", date);
    view_set(view, "KNOWN_SINCE", day);
}

static void children_fill(
    struct view *help, const struct account_relative *children, size_t count, const char *elsewhere)
{
    for (size_t i = 0; i < count; i++) {
        char name[WORDING_NAME_SIZE];
        struct view *child = view_add(help, "CHILD");
        wording_name(children[i].prenom, children[i].nom, name);
        view_set(child, "CHILD_NAME", name);
        date_fill(child, children[i].birth_date, children[i].changed_at);
    }
    if (elsewhere[0] != '\0') {
        view_set(view_add(help, "ELSEWHERE"), "ELSEWHERE_COUNT", elsewhere);
    }
}

/* What several parts say alike; a part finds it in the view around. */
static void common_fill(const struct visit *visit, struct view *help)
{
    const struct account_view *page = visit->own;
    char text[WORDING_SIZE];
    wording_moment(import_clock_correction(&visit->portal->import_clock, clock_now()), text);
    view_set(help, "CORRECTION_AT", text);
    view_set(help, "SOURCE", degree_source(page->record->degree));
    account_forms_fill(visit, help);
    view_set(help, "LOGIN", page->stored.login);
    view_set(help, "EMAIL", page->stored.email);
    view_set(help, "ADDRESS", page->address);
    view_set(help, "MOBILE", page->mobile);
    wording_day(page->record->changed_at, text);
    view_set(help, "RECORD_SINCE", text);
}

static void either_show(struct view *view, bool is_so, const char *part, const char *otherwise)
{
    view_show(view, is_so ? part : otherwise);
}

static void situation_fill(
    const struct account_view *page, struct view *help, enum situation situation, enum assistance assistance)
{
    struct view *view = view_add(help, "SITUATION");
    view_set(view, "SITUATION_CODE", situation_code(situation));
    sentence_set(view, "SITUATION_LABEL", situation_label(situation));
    if (assistance == ASSISTANCE_RESEND && page->stored.email[0] == '\0') { /* a reset took it back */
        assistance = ASSISTANCE_RESEND_ELSEWHERE;
    }
    struct view *way = view_add(view, parts[assistance]);
    either_show(way, page->address[0] != '\0' && !page->address_is_anothers, "WITH_ADDRESS", "WITHOUT_ADDRESS");
    either_show(way, page->mobile[0] != '\0', "WITH_MOBILE", "WITHOUT_MOBILE");
    if (assistance == ASSISTANCE_CORRECT_OWN_DATE) {
        date_fill(way, page->record->birth_date, page->record->changed_at);
    }
}

void account_help_fill(const struct visit *visit, const struct account_relative *children, size_t count)
{
    const struct account_view *page = visit->own;
    struct view *help = NULL;
    for (int i = 0; i < SITUATION_COUNT; i++) {
        enum assistance assistance = assistance_for(&page->stored.account, (enum situation)i, clock_now());
        if (assistance == ASSISTANCE_NONE) {
            continue;
        }
        if (!help) {
            help = view_include(page->body, "HELP", "compte-aide.html");
            common_fill(visit, help);
            children_fill(help, children, count, page->elsewhere);
        }
        situation_fill(page, help, (enum situation)i, assistance);
    }
}
