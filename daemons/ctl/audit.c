/* preauctl audit verify: is each chain of the audit trail whole, and does it still hold what an operator wrote down? */
#include "ctl/audit.h"

#include "ctl/output.h"
#include "domain/school.h"
#include "store/blocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHAINS_MAX = 1024 };

struct session *audit_open(const struct ctl *ctl, enum ctl_exit *out_exit)
{
    struct fault fault = {0};
    struct session *session = NULL;
    const char *user = config_text(ctl->config, CONFIG_DATABASE_USER);
    const struct session_options options = {
        .conninfo = config_text(ctl->config, CONFIG_DATABASE_CONNINFO),
        .user = user[0] != '\0' ? user : "preau_ctl",
        .passfiles = config_text(ctl->config, CONFIG_DATABASE_PASSFILE_DIRECTORY),
        .program = "preauctl",
        .connect_timeout = config_duration(ctl->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
    };
    if (session_open(&options, &session, &fault) && session_check_schema(session, &fault))
        return session;
    *out_exit = ctl_fail_fault(ctl, "base de données", &fault);
    session_close(&session);
    return NULL;
}

/* --- what was asked --- */

struct verifying {
    const struct ctl *ctl;
    struct audit_anchor anchors[CTL_VALUES_MAX];
    size_t anchor_count;
    long academy; /* -1: all */
    json_t *told;
    bool is_sound;
};

static bool anchors_read(struct verifying *verifying)
{
    const struct ctl *ctl = verifying->ctl;
    for (size_t i = 0; i < ctl->given_count; i++) {
        if (strcmp(ctl->given[i].option, "anchor") != 0)
            continue;
        if (!audit_anchor_parse(ctl->given[i].value, &verifying->anchors[verifying->anchor_count++])) {
            (void)fprintf(stderr, "preauctl: --anchor : ACADEMIE:NUMERO:EMPREINTE est attendu, non « %s »\n",
                ctl->given[i].value);
            return false;
        }
    }
    return true;
}

static bool asked_read(struct verifying *verifying)
{
    verifying->academy = -1;
    if (ctl_value(verifying->ctl, "academy") != NULL &&
        !ctl_number(verifying->ctl, "academy", 0, INT16_MAX, &verifying->academy))
        return false;
    return anchors_read(verifying);
}

/* --- what is said --- */

static const char *chain_name(int chain)
{
    const char *label = chain != 0 ? academy_label((academy_code){(int16_t)chain}) : "nation";
    return label != NULL ? label : "académie inconnue";
}

static struct audit_anchor last_of(const struct audit_chain *chain)
{
    return (struct audit_anchor){chain->chain, chain->last.number, chain->last.hash};
}

static json_t *chain_json(const struct audit_chain *chain)
{
    char hash[AUDIT_HASH_TEXT_SIZE];
    char anchor[AUDIT_ANCHOR_TEXT_SIZE];
    struct audit_anchor last = last_of(chain);
    audit_hash_write(&last.hash, hash);
    audit_anchor_write(&last, anchor);
    bool is_sound = chain->flaw == AUDIT_FLAW_NONE;
    return json_pack("{s:i, s:b, s:I, s:s, s:o, s:s, s:o, s:o, s:o}", "academy", chain->chain, "sound", is_sound,
        "number", (json_int_t)last.number, "hash", hash, "at", ctl_json_instant(chain->last.at.us), "anchor", anchor,
        "flaw", is_sound ? json_null() : json_string(audit_flaw_code(chain->flaw)), "flawed_number",
        is_sound ? json_null() : json_integer((json_int_t)chain->flawed), "explanation",
        is_sound ? json_null() : json_string(audit_flaw_sentence(chain->flaw)));
}

static void chain_print(const struct audit_chain *chain)
{
    char at[CTL_INSTANT_SIZE];
    char anchor[AUDIT_ANCHOR_TEXT_SIZE];
    struct audit_anchor last = last_of(chain);
    audit_anchor_write(&last, anchor);
    ctl_write_instant(chain->last.at.us, at);
    if (chain->flaw == AUDIT_FLAW_NONE) {
        (void)printf("%-24s intacte  %9" PRId64 " entrées, la dernière le %s\n  %s\n", chain_name(chain->chain),
            last.number, at, anchor);
        return;
    }
    (void)printf("%-24s ROMPUE à l’entrée %" PRId64 "\n  %s\n", chain_name(chain->chain), chain->flawed,
        audit_flaw_sentence(chain->flaw));
    if (last.number > 0)
        (void)printf("  intacte jusqu’à l’entrée %" PRId64 ", du %s\n  %s\n", last.number, at, anchor);
}

static void chain_tell(struct verifying *verifying, const struct audit_chain *chain)
{
    verifying->is_sound = verifying->is_sound && chain->flaw == AUDIT_FLAW_NONE;
    if (verifying->ctl->is_json)
        (void)json_array_append_new(verifying->told, chain_json(chain));
    else
        chain_print(chain);
}

/* --- the chains --- */

static bool is_listed(const int *chains, size_t count, int chain)
{
    for (size_t i = 0; i < count; i++) {
        if (chains[i] == chain)
            return true;
    }
    return false;
}

/* Also those of which nothing is left but an anchor. */
static size_t chains_with_anchors(const struct verifying *verifying, int *chains, size_t count)
{
    for (size_t i = 0; i < verifying->anchor_count && count < CHAINS_MAX; i++) {
        if (!is_listed(chains, count, verifying->anchors[i].chain))
            chains[count++] = verifying->anchors[i].chain;
    }
    return count;
}

static bool chains_check(struct verifying *verifying, struct session *session, struct fault *fault)
{
    int chains[CHAINS_MAX];
    size_t count;
    if (!audit_session_chains(session, chains, CHAINS_MAX, &count, fault))
        return false;
    count = chains_with_anchors(verifying, chains, count);
    for (size_t i = 0; i < count; i++) {
        if (verifying->academy >= 0 && chains[i] != verifying->academy)
            continue;
        struct audit_chain chain = audit_chain_begin(chains[i], verifying->anchors, verifying->anchor_count);
        if (!audit_session_check(session, &chain, fault))
            return false;
        chain_tell(verifying, &chain);
    }
    return true;
}

enum ctl_exit ctl_audit_verify(const struct ctl *ctl)
{
    enum ctl_exit code = CTL_OK;
    struct fault fault = {0};
    struct verifying verifying = {.ctl = ctl, .is_sound = true};
    if (!asked_read(&verifying))
        return CTL_USAGE;
    struct session *session = audit_open(ctl, &code);
    if (session == NULL)
        return code;
    verifying.told = json_array();
    bool is_read = chains_check(&verifying, session, &fault);
    session_close(&session);
    if (!is_read) {
        json_decref(verifying.told);
        return ctl_fail_fault(ctl, "base de données", &fault);
    }
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:b, s:o}", "sound", verifying.is_sound, "chains", verifying.told));
    else
        json_decref(verifying.told);
    return verifying.is_sound ? CTL_OK : CTL_NO;
}
