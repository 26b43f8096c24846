#include "unit.h"

#include "domain/audit.h"
#include "domain/audit_chain.h"
#include "domain/audit_entry.h"

/* --- words --- */

static void every_action_can_be_said_to_a_machine_and_to_people(void **state)
{
    (void)state;
    for (unsigned i = 0; i < AUDIT_ACTION_COUNT; i++) {
        enum audit_action action = (enum audit_action)i;
        enum audit_action again = AUDIT_ACTION_COUNT;
        const char *code = audit_action_code(action);
        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        assert_true(strlen(code) >= 3 && strlen(code) <= 40); /* as the table's check has it */
        assert_true(audit_action_from_code(code, &again));
        assert_int_equal(again, action); /* hence no two have the same code */
        assert_true(strlen(audit_action_label(action)) > 5);
        assert_null(strchr(audit_action_label(action), '\''));
    }
}

static void an_action_of_another_version_is_told_by_its_code(void **state)
{
    (void)state;
    enum audit_action action = AUDIT_SIGNED_IN;
    assert_false(audit_action_from_code("danced", &action));
    assert_int_equal(action, AUDIT_SIGNED_IN);
    assert_string_equal(audit_action_words("danced"), "danced");
    assert_string_equal(audit_action_words("signed_in"), "Connexion");
}

static void details_are_told_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value, *words;
    } cases[] = {
        {"accounts",    "12",                  "comptes : 12"                      },
        {"channel",     "sheet",               "par : feuilles individuelles"      },
        {"channel",     "pigeon",              "channel : pigeon"                  },
        {"reason",      "second_factor_wrong", "raison : code faux ou déjà servi"},
        {"portal",      "lyon",                "portail : lyon"                    },
        {"new_account", "true",                "compte : créé"                   },
        {"moon",        "full",                "moon : full"                       },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char words[AUDIT_DETAIL_SIZE];
        audit_detail_write(cases[i].key, cases[i].value, words);
        assert_string_equal(words, cases[i].words);
    }
}

static void those_who_answer_for_schools_or_the_whole_read(void **state)
{
    (void)state;
    static const bool reads[ROLE_COUNT] = {[ROLE_DIRECTEUR] = true, [ROLE_ASSISTANCE] = true, [ROLE_EXPLOITANT] = true};
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(audit_role_reads((enum administrator_role)role), reads[role]);
    }
}

/* --- what is hashed --- */

static void an_entry_is_written_field_by_field_with_lengths(void **state)
{
    (void)state;
    const char *fields[AUDIT_FIELD_COUNT] = {[AUDIT_FIELD_CHAIN] = "10",
        [AUDIT_FIELD_ACTOR] = "héloïse",
        [AUDIT_FIELD_DETAIL] = "{}",
        [AUDIT_FIELD_TRACE] = ""};
    char bytes[AUDIT_ENCODED_SIZE];
    static const char wanted[] = "preau-audit-1,2:10,-,-,-,9:héloïse,-,-,-,-,2:{},0:,-,";
    assert_int_equal(audit_entry_encode(fields, bytes), strlen(wanted));
    assert_memory_equal(bytes, wanted, strlen(wanted));
}

/* Each pair would be the same text without lengths, or if null were empty. */
static void different_entries_never_read_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *actor[2], *action[2];
    } pairs[] = {
        {{"ab", "a"},    {"c", "bc"}   },
        {{"a,1:b", "a"}, {"c", "b,1:c"}},
        {{NULL, ""},     {"c", "c"}    },
        {{"-", NULL},    {"c", "c"}    },
        {{"a", NULL},    {NULL, "a"}   },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char bytes[2][AUDIT_ENCODED_SIZE];
        size_t length[2];
        for (int side = 0; side < 2; side++) {
            const char *fields[AUDIT_FIELD_COUNT] = {
                [AUDIT_FIELD_ACTOR] = pairs[i].actor[side], [AUDIT_FIELD_ACTION] = pairs[i].action[side]};
            length[side] = audit_entry_encode(fields, bytes[side]);
        }
        assert_true(length[0] != length[1] || memcmp(bytes[0], bytes[1], length[0]) != 0);
    }
}

static void what_no_database_accepts_has_no_writing(void **state)
{
    (void)state;
    char long_text[AUDIT_ENCODED_SIZE];
    char bytes[AUDIT_ENCODED_SIZE];
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    const char *fields[AUDIT_FIELD_COUNT] = {[AUDIT_FIELD_DETAIL] = long_text};
    assert_int_equal(audit_entry_encode(fields, bytes), 0);
}

/* --- anchors --- */

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"

static void an_anchor_is_read_as_it_is_written(void **state)
{
    (void)state;
    struct audit_anchor anchor;
    char text[AUDIT_ANCHOR_TEXT_SIZE];
    assert_true(audit_anchor_parse("10:57:aB" ZEROS, &anchor));
    assert_int_equal(anchor.chain, 10);
    assert_int_equal(anchor.number, 57);
    assert_int_equal(anchor.hash.bytes[0], 0xab);
    audit_anchor_write(&anchor, text);
    assert_string_equal(text, "10:57:ab" ZEROS);
}

static void what_is_no_anchor_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "10", "10:57", "10:57:", "10:57:ab", "10:57:zz" ZEROS, "10:0:ab" ZEROS,
        "-1:57:ab" ZEROS, "40000:57:ab" ZEROS, "10:57:ab" ZEROS "0", "10:57 :ab" ZEROS, ":57:ab" ZEROS,
        "10:9999999999999999999:ab" ZEROS};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct audit_anchor anchor;
        assert_false(audit_anchor_parse(wrong[i], &anchor));
    }
}

/* --- chains --- */

enum { LENGTH = 4 };

/* A sound chain: the hash of each entry is its number, over and over. */
struct trial {
    struct audit_link entries[LENGTH];
    struct audit_hash computed[LENGTH];
    struct audit_link head;
    size_t count;
    struct audit_anchor anchors[2];
    size_t anchor_count;
};

static struct audit_hash hash_of(int64_t number)
{
    struct audit_hash hash;
    memset(hash.bytes, (int)number, sizeof hash.bytes);
    return hash;
}

static struct trial sound(void)
{
    struct trial trial = {.count = LENGTH};
    for (int i = 0; i < LENGTH; i++) {
        trial.entries[i] = (struct audit_link){i + 1, {1000 + i}, hash_of(i), hash_of(i + 1)};
        trial.computed[i] = hash_of(i + 1);
    }
    trial.head = trial.entries[LENGTH - 1];
    return trial;
}

static void assert_found(const struct trial *trial, enum audit_flaw flaw, int64_t number)
{
    struct audit_chain chain = audit_chain_begin(10, trial->anchors, trial->anchor_count);
    bool goes_on = true;
    for (size_t i = 0; i < trial->count && goes_on; i++) {
        goes_on = audit_chain_add(&chain, &trial->entries[i], &trial->computed[i]);
    }
    if (goes_on) {
        goes_on = audit_chain_end(&chain, &trial->head);
    }
    assert_int_equal(goes_on, flaw == AUDIT_FLAW_NONE);
    assert_string_equal(audit_flaw_code(chain.flaw), audit_flaw_code(flaw));
    assert_int_equal(chain.flawed, number);
}

static void a_sound_chain_is_sound(void **state)
{
    (void)state;
    struct trial trial = sound();
    assert_found(&trial, AUDIT_FLAW_NONE, 0);
    struct trial empty = {0};
    assert_found(&empty, AUDIT_FLAW_NONE, 0);
}

static void what_was_changed_is_found_at_its_entry(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.computed[1] = hash_of(99);
    assert_found(&trial, AUDIT_FLAW_CHANGED, 2);
}

static void what_was_taken_out_is_found_where_it_was(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.entries[1] = trial.entries[2];
    trial.computed[1] = trial.computed[2];
    assert_found(&trial, AUDIT_FLAW_MISSING, 3);
    trial = sound();
    memmove(trial.entries, trial.entries + 1, 3 * sizeof trial.entries[0]);
    memmove(trial.computed, trial.computed + 1, 3 * sizeof trial.computed[0]);
    trial.count = 3;
    assert_found(&trial, AUDIT_FLAW_MISSING, 2); /* also the first one */
}

static void what_was_put_in_or_written_anew_does_not_link(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.entries[1].hash = trial.computed[1] = hash_of(99);
    assert_found(&trial, AUDIT_FLAW_UNLINKED, 3);
    trial = sound();
    trial.entries[0].previous = hash_of(7); /* before the first there is nothing */
    assert_found(&trial, AUDIT_FLAW_UNLINKED, 1);
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.entries[2].at.us = 1000;
    assert_found(&trial, AUDIT_FLAW_BACKDATED, 3);
    trial.entries[2].at = trial.entries[1].at; /* but it may stand still */
    assert_found(&trial, AUDIT_FLAW_NONE, 0);
}

static void the_head_tells_where_the_end_was(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.count = 3;
    assert_found(&trial, AUDIT_FLAW_CUT, 3);
    trial.count = 0;
    assert_found(&trial, AUDIT_FLAW_CUT, 0);
    trial = sound();
    trial.head = trial.entries[1];
    assert_found(&trial, AUDIT_FLAW_UNWRITTEN, 3);
    trial = sound();
    trial.head.hash = hash_of(99);
    assert_found(&trial, AUDIT_FLAW_HEAD_OTHER, 4);
    trial = sound();
    trial.head.at.us++;
    assert_found(&trial, AUDIT_FLAW_HEAD_OTHER, 4);
}

static void an_anchor_tells_of_a_chain_written_anew_or_cut(void **state)
{
    (void)state;
    struct trial trial = sound();
    trial.anchor_count = 2;
    trial.anchors[0] = (struct audit_anchor){10, 2, hash_of(2)};
    trial.anchors[1] = (struct audit_anchor){11, 900, hash_of(5)}; /* another chain's */
    assert_found(&trial, AUDIT_FLAW_NONE, 0);
    trial.anchors[0].hash = hash_of(3);
    assert_found(&trial, AUDIT_FLAW_ANCHOR_OTHER, 2);
    trial.anchors[0] = (struct audit_anchor){10, 5, hash_of(5)};
    assert_found(&trial, AUDIT_FLAW_ANCHOR_GONE, 4);
}

static void every_flaw_can_be_told(void **state)
{
    (void)state;
    for (int flaw = AUDIT_FLAW_NONE + 1; flaw <= AUDIT_FLAW_ANCHOR_OTHER; flaw++) {
        const char *sentence = audit_flaw_sentence((enum audit_flaw)flaw);
        assert_true(strlen(sentence) > 10 && sentence[strlen(sentence) - 1] == '.');
        assert_true(strlen(audit_flaw_code((enum audit_flaw)flaw)) > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_can_be_said_to_a_machine_and_to_people),
        cmocka_unit_test(an_action_of_another_version_is_told_by_its_code),
        cmocka_unit_test(details_are_told_in_words),
        cmocka_unit_test(those_who_answer_for_schools_or_the_whole_read),
        cmocka_unit_test(an_entry_is_written_field_by_field_with_lengths),
        cmocka_unit_test(different_entries_never_read_the_same),
        cmocka_unit_test(what_no_database_accepts_has_no_writing),
        cmocka_unit_test(an_anchor_is_read_as_it_is_written),
        cmocka_unit_test(what_is_no_anchor_is_refused),
        cmocka_unit_test(a_sound_chain_is_sound),
        cmocka_unit_test(what_was_changed_is_found_at_its_entry),
        cmocka_unit_test(what_was_taken_out_is_found_where_it_was),
        cmocka_unit_test(what_was_put_in_or_written_anew_does_not_link),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(the_head_tells_where_the_end_was),
        cmocka_unit_test(an_anchor_tells_of_a_chain_written_anew_or_cut),
        cmocka_unit_test(every_flaw_can_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
