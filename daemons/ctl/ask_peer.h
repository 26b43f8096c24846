/* Knocks at a server of others (mail, SMS, identity provider) without leaving anything there: does it answer, does it speak
 * TLS, until when is its certificate good? Bounded in time and size; what comes is text without a promise. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>

enum peer_tls { PEER_TLS_BY_ADDRESS, PEER_TLS_IF_OFFERED, PEER_TLS_WANTED }; /* the last two: STARTTLS of smtp:// */

struct peer_question {
    const char *address; /* smtp://, smtps://, http://, https:// */
    const char *ca_file; /* "": the system's */
    const char *proxy;   /* "": none */
    enum peer_tls tls;
    bool is_knock; /* only the connection, TLS and greeting; else GET, and its answer */
};

struct peer_answer {
    bool is_there;              /* it answered */
    bool is_late, is_tls_fault; /* else, why: no answer in time; TLS did not come about */
    bool has_tls;
    struct instant certificate_end; /* never: not known */
    long code;                      /* of HTTP */
    char *body;                     /* never NULL, freed by peer_answer_clear; why, when it is not there */
};
void peer_ask(const struct peer_question *question, struct peer_answer *out_answer);
void peer_answer_clear(struct peer_answer *answer);
