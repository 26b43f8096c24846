/* Answers: pages in the common layout, ways on, errors. Each answers and ends the visit. */
#pragma once

#include "portal/visit.h"

/* Begins a page: title, and the template of its body, whose view is given. CSRF is set in it. */
struct view *page_begin(struct visit *visit, const char *title, const char *file);
/* An alert above the body. kind: "success", "info", "warning", "error". */
void page_notice(struct visit *visit, const char *kind, const char *title, const char *text);
/* FRENCH_ONLY of a text that is in French alone: says so to who reads another language, in that language. */
void page_french_only(const struct visit *visit, struct view *body);
/* The browser loads the page again by itself after so many seconds, if it runs no script. */
void page_refresh(struct visit *visit, int seconds);
void page_send(struct visit *visit, int status);

/* 303 to a path of ours, or to an address that linkd gave: an identity provider's. */
void page_go(struct visit *visit, const char *location);
/* The same; the page there tells, once, what the word stands for (note.h). */
void page_go_noted(struct visit *visit, const char *word, const char *location);
PRINTF_LIKE(2, 3) void page_go_to(struct visit *visit, const char *format, ...);

/* Of a mailed link, or of what a cookie names: is it no good? One that cannot be looked at now is as good as before. */
bool page_is_link_bad(enum refusal refusal);
/* REFUSED of a page that a mailed link leads to. */
void page_link_refused(struct view *body, enum refusal refusal);
/* What a rule said no to, as a page of its own. */
void page_refuse(struct visit *visit, enum refusal refusal);
/* What failed: logged with the incident's number, which the person sees; 503 with Retry-After when it may work soon. */
void page_fail(struct visit *visit, const struct fault *fault);
/* Bytes to keep: a document. */
void page_send_file(
    struct visit *visit, const char *content_type, const char *file_name, const void *bytes, size_t length);

/* The same, which tells of nobody: whoever stands between may keep it for an hour. */
void page_send_open_file(
    struct visit *visit, const char *content_type, const char *file_name, const void *bytes, size_t length);

/* Bytes that are shown as they are: an image of a page of ours, metadata. */
void page_send_image(struct visit *visit, const char *content_type, const void *bytes, size_t length);
/* Plain text, the same for everybody: an hour in caches. */
void page_send_text(struct visit *visit, const char *text, size_t length);

/* "ERROR" of a form: what was refused, and what to do. */
void page_form_error(struct view *body, enum refusal refusal);
/* Of a family's identifier and password, on a page with links to who forgot them: these come before the school. */
void page_credentials_error(struct view *body, enum refusal refusal);
/* The same, as a link to the field that it is about; NULL: to none. */
void page_form_error_at(struct view *body, enum refusal refusal, const char *field_id);
