/* preau-linkd: proofs of identity: who signs in, who opens an account, who an administrator is.
 *
 * Job            Identifier and password; the first sign-in with a provisional password and its birth dates (guide 1.1,
 *                third scheme); the link of the confirmation mail; other passwords and mail addresses; what people want
 *                who cannot sign in, links to another password, a guardian's second account joined to the first,
 *                a guardian who helps a child; a guardian who opens an
 *                account by SMS or by FranceConnect (guide 1.1, second and first schemes); who opens one from an ENT or
 *                ATEN (the same, transition); administrators: their
 *                password, their second factor, the OpenID Connect portal of their academy, what a head delegates.
 * Listens        The service preau.link.Link (proto/link.proto) on bus.link; its status address; delivery reports of SMS on
 *                sms.reports.
 * Sends          The event delivery.wanted on bus.events_link, when a mail is owed; notifyd sends it.
 * Tells          Once an hour, on the log, where the chains of the audit trail are (audit_anchor).
 * Asks           FranceConnect, the portals of section academy_portal and the peers of section ent, over HTTPS; the providers of SMS of
 *                sections sms_provider.
 * Owns           Tables credential (chosen passwords), confirmation, account_join_proof, account_join, disclaimed_child, help_request, registration, attempt, administrator, administrator_scope,
 *                administrator_aaf, administrator_recovery, administrator_identity, franceconnect_identity, provider_sign_in, provider_session, ent_opening, ent_answer. Moves accounts by
 *                the life cycle; reads who is attached to whom.
 * Promises       What a person did is stored whole, with its answer, or not at all; a repeat gets the same answer.
 *                Answers never tell whether a person is known, neither by words nor by time.
 * Limits         link.argon2_threads calculations side by side and link.argon2_queue that wait: past them, "busy".
 * Configuration  link.*, sms.*, sms_provider.*, franceconnect.*, academy_portal.*, ent.*, keys.directory, notify.validity_months, portal.public_url, session_idle and
 *                session_max, and the sections database, bus, status. */
#include "link/link.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "bus/health.h"
#include "crypto/known_words.h"
#include "crypto/random.h"
#include "link.pb-c.h"
#include "link/administrator.h"
#include "link/administrator_keep.h"
#include "link/administrator_password.h"
#include "link/administrator_sign_in.h"
#include "link/audit_anchor.h"
#include "link/child.h"
#include "link/confirmation.h"
#include "link/delegation.h"
#include "link/disclaim.h"
#include "link/email_change.h"
#include "link/email_link.h"
#include "link/ent_sign_in.h"
#include "link/franceconnect.h"
#include "link/franceconnect_sign_in.h"
#include "link/franceconnect_unlink.h"
#include "link/hashing.h"
#include "link/help.h"
#include "link/joining.h"
#include "link/opening.h"
#include "link/own_mobile.h"
#include "link/password_change.h"
#include "link/password_recovery.h"
#include "link/portal_sign_in.h"
#include "link/provider_watch.h"
#include "link/registration.h"
#include "link/returned.h"
#include "link/second_factor.h"
#include "link/sign_in.h"
#include "link/sms.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/configured.h"
#include "store/delegation.h"
#include "store/ent.h"
#include "store/joining.h"
#include "store/opening.h"
#include "store/provider.h"
#include "store/registration.h"

#define CLEANING_PERIOD HOURS(1)

static void do_sign_in(void *arg, struct call *call, const ProtobufCMessage *request)
{
    sign_in(arg, call, (const void *)request);
}

static void do_get_opening(void *arg, struct call *call, const ProtobufCMessage *request)
{
    opening_show(arg, call, (const void *)request);
}

static void do_open_account(void *arg, struct call *call, const ProtobufCMessage *request)
{
    opening_do(arg, call, (const void *)request);
}

static void do_confirm_email(void *arg, struct call *call, const ProtobufCMessage *request)
{
    confirmation_follow(arg, call, (const void *)request);
}

static void do_change_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    password_change(arg, call, (const void *)request);
}

static void do_ask_help(void *arg, struct call *call, const ProtobufCMessage *request)
{
    help_keep(arg, call, (const void *)request);
}

static void do_get_password_link(void *arg, struct call *call, const ProtobufCMessage *request)
{
    password_link_show(arg, call, (const void *)request);
}

static void do_recover_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    password_recover(arg, call, (const void *)request);
}

static void do_disclaim_child(void *arg, struct call *call, const ProtobufCMessage *request)
{
    disclaim_child(arg, call, (const void *)request);
}

static void do_prove_child(void *arg, struct call *call, const ProtobufCMessage *request)
{
    returned_child_prove(arg, call, (const void *)request);
}

static void do_reset_child_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    child_help(arg, call, (const void *)request);
}

static void do_ask_email_change(void *arg, struct call *call, const ProtobufCMessage *request)
{
    email_change_begin(arg, call, (const void *)request);
}

static void do_confirm_email_change(void *arg, struct call *call, const ProtobufCMessage *request)
{
    email_link_follow(arg, call, (const void *)request);
}

static void do_cancel_email_change(void *arg, struct call *call, const ProtobufCMessage *request)
{
    email_change_take_back(arg, call, (const void *)request);
}

static void do_ask_mobile_change(void *arg, struct call *call, const ProtobufCMessage *request)
{
    own_mobile_begin(arg, call, (const void *)request);
}

static void do_confirm_mobile_change(void *arg, struct call *call, const ProtobufCMessage *request)
{
    own_mobile_give_code(arg, call, (const void *)request);
}

static void do_remove_mobile(void *arg, struct call *call, const ProtobufCMessage *request)
{
    own_mobile_end(arg, call, (const void *)request);
}

static void do_sign_in_administrator(void *arg, struct call *call, const ProtobufCMessage *request)
{
    administrator_sign_in(arg, call, (const void *)request);
}

static void do_give_code(void *arg, struct call *call, const ProtobufCMessage *request)
{
    second_factor_give(arg, call, (const void *)request);
}

static void do_offer_second_factor(void *arg, struct call *call, const ProtobufCMessage *request)
{
    second_factor_show_offer(arg, call, (const void *)request);
}

static void do_confirm_second_factor(void *arg, struct call *call, const ProtobufCMessage *request)
{
    second_factor_confirm(arg, call, (const void *)request);
}

static void do_remove_second_factor(void *arg, struct call *call, const ProtobufCMessage *request)
{
    second_factor_end(arg, call, (const void *)request);
}

static void do_renew_recovery_codes(void *arg, struct call *call, const ProtobufCMessage *request)
{
    second_factor_renew(arg, call, (const void *)request);
}

static void do_change_administrator_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    administrator_change_password(arg, call, (const void *)request);
}

static void do_begin_portal_sign_in(void *arg, struct call *call, const ProtobufCMessage *request)
{
    portal_begin(arg, call, (const void *)request);
}

static void do_finish_portal_sign_in(void *arg, struct call *call, const ProtobufCMessage *request)
{
    portal_finish(arg, call, (const void *)request);
}

static void do_end_portal_session(void *arg, struct call *call, const ProtobufCMessage *request)
{
    portal_end(arg, call, (const void *)request);
}

static void do_add_administrator(void *arg, struct call *call, const ProtobufCMessage *request)
{
    administrator_create(arg, call, (const void *)request);
}

static void do_list_administrators(void *arg, struct call *call, const ProtobufCMessage *request)
{
    (void)request;
    administrator_show_all(arg, call);
}

static void do_get_administrator(void *arg, struct call *call, const ProtobufCMessage *request)
{
    administrator_show(arg, call, (const void *)request);
}

static void do_change_administrator(void *arg, struct call *call, const ProtobufCMessage *request)
{
    administrator_change(arg, call, (const void *)request);
}

static void do_list_delegations(void *arg, struct call *call, const ProtobufCMessage *request)
{
    delegation_show_all(arg, call, (const void *)request);
}

static void do_delegate(void *arg, struct call *call, const ProtobufCMessage *request)
{
    delegation_begin(arg, call, (const void *)request);
}

static void do_take_back_delegation(void *arg, struct call *call, const ProtobufCMessage *request)
{
    delegation_end(arg, call, (const void *)request);
}

static void do_renew_first_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    delegation_renew(arg, call, (const void *)request);
}

static void do_begin_registration(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_start(arg, call, (const void *)request);
}

static void do_give_registration_code(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_give_code(arg, call, (const void *)request);
}

static void do_get_registration(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_show(arg, call, (const void *)request);
}

static void do_confirm_registration_children(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_confirm_children(arg, call, (const void *)request);
}

static void do_finish_registration(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_finish(arg, call, (const void *)request);
}

static void do_begin_franceconnect(void *arg, struct call *call, const ProtobufCMessage *request)
{
    franceconnect_begin(arg, call, (const void *)request);
}

static void do_finish_franceconnect(void *arg, struct call *call, const ProtobufCMessage *request)
{
    franceconnect_finish(arg, call, (const void *)request);
}

static void do_give_registration_mobile(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_mobile(arg, call, (const void *)request);
}

static void do_unlink_franceconnect(void *arg, struct call *call, const ProtobufCMessage *request)
{
    franceconnect_end(arg, call, (const void *)request);
}

static void do_begin_ent(void *arg, struct call *call, const ProtobufCMessage *request)
{
    ent_begin(arg, call, (const void *)request);
}

static void do_get_ent_metadata(void *arg, struct call *call, const ProtobufCMessage *request)
{
    ent_metadata(arg, call, (const void *)request);
}

static void do_finish_ent(void *arg, struct call *call, const ProtobufCMessage *request)
{
    ent_finish(arg, call, (const void *)request);
}

static void do_get_ent_opening(void *arg, struct call *call, const ProtobufCMessage *request)
{
    ent_opening_show(arg, call, (const void *)request);
}

static void do_open_by_ent(void *arg, struct call *call, const ProtobufCMessage *request)
{
    ent_opening_do(arg, call, (const void *)request);
}

static void do_prove_other_account(void *arg, struct call *call, const ProtobufCMessage *request)
{
    joining_prove_other(arg, call, (const void *)request);
}

static void do_get_other_account(void *arg, struct call *call, const ProtobufCMessage *request)
{
    joining_show(arg, call, (const void *)request);
}

static void do_join_accounts(void *arg, struct call *call, const ProtobufCMessage *request)
{
    joining_confirm(arg, call, (const void *)request);
}

static void do_begin_missing_child(void *arg, struct call *call, const ProtobufCMessage *request)
{
    registration_begin_missing(arg, call, (const void *)request);
}

static void do_list_joins(void *arg, struct call *call, const ProtobufCMessage *request)
{
    joining_show_all(arg, call, (const void *)request);
}

static void do_separate_accounts(void *arg, struct call *call, const ProtobufCMessage *request)
{
    joining_end(arg, call, (const void *)request);
}

static const struct service_method methods[] = {
    {"SignIn",                      do_sign_in                      },
    {"GetOpening",                  do_get_opening                  },
    {"OpenAccount",                 do_open_account                 },
    {"ConfirmEmail",                do_confirm_email                },
    {"ChangePassword",              do_change_password              },
    {"AskHelp",                     do_ask_help                     },
    {"GetPasswordLink",             do_get_password_link            },
    {"RecoverPassword",             do_recover_password             },
    {"ResetChildPassword",          do_reset_child_password         },
    {"DisclaimChild",               do_disclaim_child               },
    {"ProveChild",                  do_prove_child                  },
    {"AskEmailChange",              do_ask_email_change             },
    {"ConfirmEmailChange",          do_confirm_email_change         },
    {"CancelEmailChange",           do_cancel_email_change          },
    {"AskMobileChange",             do_ask_mobile_change            },
    {"ConfirmMobileChange",         do_confirm_mobile_change        },
    {"RemoveMobile",                do_remove_mobile                },
    {"SignInAdministrator",         do_sign_in_administrator        },
    {"AddAdministrator",            do_add_administrator            },
    {"ListAdministrators",          do_list_administrators          },
    {"GiveCode",                    do_give_code                    },
    {"OfferSecondFactor",           do_offer_second_factor          },
    {"ConfirmSecondFactor",         do_confirm_second_factor        },
    {"RemoveSecondFactor",          do_remove_second_factor         },
    {"RenewRecoveryCodes",          do_renew_recovery_codes         },
    {"ChangeAdministratorPassword", do_change_administrator_password},
    {"GetAdministrator",            do_get_administrator            },
    {"ChangeAdministrator",         do_change_administrator         },
    {"ListDelegations",             do_list_delegations             },
    {"Delegate",                    do_delegate                     },
    {"TakeBackDelegation",          do_take_back_delegation         },
    {"RenewFirstPassword",          do_renew_first_password         },
    {"BeginPortalSignIn",           do_begin_portal_sign_in         },
    {"FinishPortalSignIn",          do_finish_portal_sign_in        },
    {"EndPortalSession",            do_end_portal_session           },
    {"BeginRegistration",           do_begin_registration           },
    {"GiveRegistrationCode",        do_give_registration_code       },
    {"GetRegistration",             do_get_registration             },
    {"ConfirmRegistrationChildren", do_confirm_registration_children},
    {"FinishRegistration",          do_finish_registration          },
    {"BeginFranceConnect",          do_begin_franceconnect          },
    {"FinishFranceConnect",         do_finish_franceconnect         },
    {"GiveRegistrationMobile",      do_give_registration_mobile     },
    {"UnlinkFranceConnect",         do_unlink_franceconnect         },
    {"BeginEnt",                    do_begin_ent                    },
    {"FinishEnt",                   do_finish_ent                   },
    {"GetEntOpening",               do_get_ent_opening              },
    {"OpenByEnt",                   do_open_by_ent                  },
    {"GetEntMetadata",              do_get_ent_metadata             },
    {"ProveOtherAccount",           do_prove_other_account          },
    {"GetOtherAccount",             do_get_other_account            },
    {"JoinAccounts",                do_join_accounts                },
    {"BeginMissingChild",           do_begin_missing_child          },
    {"ListJoins",                   do_list_joins                   },
    {"SeparateAccounts",            do_separate_accounts            },
    {NULL,                          NULL                            },
};

static void clean(void *arg)
{
    const struct link *link = arg;
    attempt_erase_old(link->store);
    opening_erase_answers(link->store);
    delegation_erase_old(link->store);
    provider_erase_old(link->store, clock_now());
    registration_erase_old(link->store);
    ent_erase_old(link->store);
    joining_erase_old(link->store);
}

static struct link_bounds bounds_of(const struct config *config)
{
    struct duration delay = config_duration(config, CONFIG_LINK_ATTEMPTS_DELAY);
    int64_t sms_address = config_count(config, CONFIG_SMS_ATTEMPTS_ADDRESS);
    int64_t sms_network = config_count(config, CONFIG_SMS_ATTEMPTS_NETWORK);
    return (struct link_bounds){
        .sign_in = {config_duration(config, CONFIG_LINK_ATTEMPTS_WINDOW), delay},
        .a_day = {DAYS(1),                      delay                                           },
        .tries_account = config_count(config, CONFIG_LINK_ATTEMPTS_ACCOUNT),
        .tries_address = config_count(config, CONFIG_LINK_ATTEMPTS_ADDRESS),
        .tries_birth_dates = config_count(config, CONFIG_LINK_BIRTH_DATE_ATTEMPTS),
        .birth_dates_refused = config_count(config, CONFIG_LINK_BIRTH_DATE_REFUSALS),
        .email_changes = config_count(config, CONFIG_LINK_EMAIL_CHANGES),
        .email_change_link = config_duration(config, CONFIG_LINK_EMAIL_CHANGE_LINK_LIFETIME),
        .activation_link = config_duration(config, CONFIG_LINK_ACTIVATION_LINK_LIFETIME),
        .session_idle = config_duration(config, CONFIG_PORTAL_SESSION_IDLE),
        .portal_sign_in = config_duration(config, CONFIG_LINK_PROVIDER_SIGN_IN_LIFETIME),
        .portal_session = config_duration(config, CONFIG_PORTAL_SESSION_MAX),
        .sms_code = config_duration(config, CONFIG_SMS_CODE_LIFETIME),
        .sms_form = config_duration(config, CONFIG_SMS_FORM_LIFETIME),
        .mobile_validity = config_duration(config, CONFIG_SMS_MOBILE_VALIDITY),
        .sms_code_tries = config_count(config, CONFIG_SMS_CODE_TRIES),
        .sms_address = sms_address,
        .sms_network = sms_network > sms_address ? sms_network : sms_address, /* an address is of its network */
        .sms_number = config_count(config, CONFIG_SMS_DAILY_NUMBER),
        .validity_months = (int)config_count(config, CONFIG_NOTIFY_VALIDITY_MONTHS),
    };
}

static bool keys_load(struct link *link, const struct config *config, struct fault *fault)
{
    char problem[200];
    if (!crypto_begin() || !totp_begin()) {
        return fault_set(fault, FAULT_CRYPTO, "libsodium or liboath does not start");
    }
    link->keys = key_ring_load(config_text(config, CONFIG_KEYS_DIRECTORY), problem, sizeof problem);
    if (!link->keys) {
        fault_set(fault, FAULT_CONFIG, "keys.directory: %s", problem);
        return fault_hint(fault, "Make keys with preauctl key generate.");
    }
    return true;
}

static bool known_load(struct link *link, const struct config *config, struct fault *fault)
{
    char problem[4400];
    link->known = known_words_load(config_text(config, CONFIG_LINK_KNOWN_PASSWORDS), problem, sizeof problem);
    if (!link->known) {
        fault_set(fault, FAULT_CONFIG, "link.known_passwords: %s", problem);
        return fault_hint(fault, "Make one with preauctl passwords build.");
    }
    return true;
}

static void link_stop(struct daemon_run *run)
{
    struct link *link = run->own;
    timer_cancel(&link->cleaning);
    hashing_free(&link->hashing);
    hashing_free(&link->hashing_administrators);
    academy_portals_close(&link->portals);
    provider_watch_free(&link->portal_watch);
    ent_peers_close(&link->ents);
    provider_watch_free(&link->ent_watch);
    franceconnect_close(&link->franceconnect);
    provider_watch_free(&link->franceconnect_watch);
    if (link->sms) {
        sms_stop(link->sms);
    }
    store_close(&link->store); /* before the service: what it breaks off is still answered */
    audit_anchoring_free(&link->anchoring);
    service_close(&link->service);
    health_free(&link->health);
    publisher_close(&link->publisher);
    bus_curve_close(&link->curve);
    sms_free(&link->sms);
    key_ring_free(&link->keys);
    known_words_free(&link->known);
    memory_free(&run->own);
}

static bool link_start(struct daemon_run *run, struct fault *fault)
{
    struct link *link = run->own = checked_calloc(1, sizeof *link);
    link->loop = run->loop;
    link->bounds = bounds_of(run->config);
    bool opened = keys_load(link, run->config, fault) && known_load(link, run->config, fault) &&
                  academy_portals_open(run, &link->portals, fault) &&
                  franceconnect_open(run, &link->franceconnect, fault) && ent_peers_open(run, &link->ents, fault);
    if (opened) {
        academy_portals_watch(run, &link->portals, &link->portal_watch);
        franceconnect_watch(run, link->franceconnect, &link->franceconnect_watch);
        ent_peers_watch(run, &link->ents, &link->ent_watch);
        link->hashing = hashing_new(run, "argon2", (unsigned)config_count(run->config, CONFIG_LINK_ARGON2_THREADS));
        link->hashing_administrators = hashing_new(run, "argon2-admin", 1);
        link->store = store_open_configured(run);
        link->cleaning = loop_every(run->loop, CLEANING_PERIOD, clean, link);
        link->anchoring = audit_anchoring_new(run->loop, link->store);
        opened = sms_open(run, link, &link->sms, fault) &&
                 bus_curve_open_configured(run->loop, run->config, &link->curve, fault) &&
                 publisher_open_configured(run, CONFIG_BUS_EVENTS_LINK, link->curve, &link->publisher, fault) &&
                 service_open_configured(run, CONFIG_BUS_LINK, &preau__link__link__descriptor, methods, link,
                     link->curve, &link->service, fault);
    }
    if (opened) {
        link->health = health_new(run, link->publisher, NULL, NULL);
    } else {
        link_stop(run);
    }
    return opened;
}

static void link_drain(struct daemon_run *run)
{
    const struct link *link = run->own;
    service_refuse(link->service);
}

static bool link_is_idle(struct daemon_run *run)
{
    const struct link *link = run->own;
    return service_running(link->service) == 0;
}

static const struct daemon daemon_link = {
    .name = "preau-linkd",
    .role = "preau_link",
    .summary = "Vérifie qui se connecte, qui ouvre un compte et qui administre.",
    .sections = (const char *const[]){"database", "bus", "status", "keys", "link", "sms", "sms_provider",
                                      "academy_portal", "franceconnect", "ent", NULL},
    .status_address = CONFIG_STATUS_LINK,
    .start = link_start,
    .drain = link_drain,
    .is_idle = link_is_idle,
    .stop = link_stop,
};

int main(int argc, char **argv)
{
    return daemon_main(&daemon_link, argc, argv);
}
