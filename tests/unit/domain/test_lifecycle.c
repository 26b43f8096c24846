/*
 * The life cycle over its whole state space, against the guide's matrix typed here a second time by hand.
 */
#include "unit.h"

#include "domain/lifecycle.h"

static const struct instant NOW = {INT64_C(1758000000) * 1000000}; /* 2025-09-16 */
static const struct instant EARLIER = {INT64_C(1757000000) * 1000000};

/* What the guide says of an account's state, by action: section 3, then 1.1. */
enum expected { NO, SAME, DISTRIBUE, EN_COURS, ACTIVE };

struct expectation {
    enum account_action action;
    enum expected guardian[STATE_COUNT]; /* from: non distribué, distribué, en cours, activé */
    enum expected pupil[STATE_COUNT];
};

static const struct expectation expectations[] = {
    {ACTION_NOTIFY,             {DISTRIBUE, SAME, SAME, SAME},  {DISTRIBUE, SAME, SAME, SAME}},
    {ACTION_NOTIFY_RESET,       {DISTRIBUE, SAME, SAME, SAME},  {DISTRIBUE, SAME, SAME, SAME}},
    {ACTION_RESET_PASSWORD,     {NO, SAME, SAME, SAME},         {NO, SAME, SAME, SAME}       },
    {ACTION_RESEND_ACTIVATION,  {NO, NO, SAME, NO},             {NO, NO, SAME, NO}           },
    {ACTION_EXPORT,             {SAME, SAME, SAME, SAME},       {SAME, SAME, SAME, SAME}     },
    {ACTION_OPEN,               {NO, EN_COURS, NO, NO},         {NO, ACTIVE, NO, NO}         },
    {ACTION_CHANGE_PASSWORD,    {NO, NO, SAME, SAME},           {NO, NO, SAME, SAME}         },
    {ACTION_RECOVER_PASSWORD,   {NO, NO, SAME, SAME},           {NO, NO, SAME, SAME}         },
    {ACTION_CHANGE_EMAIL,       {NO, NO, SAME, SAME},           {NO, NO, SAME, SAME}         },
    {ACTION_CONFIRM_EMAIL,      {NO, NO, ACTIVE, SAME},         {NO, NO, ACTIVE, SAME}       },
    {ACTION_OPEN_SMS,           {ACTIVE, ACTIVE, ACTIVE, NO},   {NO, NO, NO, NO}             },
    {ACTION_OPEN_FRANCECONNECT, {ACTIVE, ACTIVE, ACTIVE, SAME}, {NO, NO, NO, NO}             },
    {ACTION_OPEN_ATEN,          {ACTIVE, ACTIVE, ACTIVE, NO},   {ACTIVE, ACTIVE, ACTIVE, NO} },
    {ACTION_OPEN_ENT,           {ACTIVE, ACTIVE, ACTIVE, NO},   {ACTIVE, ACTIVE, ACTIVE, NO} },
    {ACTION_CLOSE,              {SAME, SAME, SAME, SAME},       {SAME, SAME, SAME, SAME}     },
};

static enum account_state expected_state(enum expected expected, enum account_state from)
{
    switch (expected) {
    case DISTRIBUE:
        return STATE_DISTRIBUE;
    case EN_COURS:
        return STATE_EN_COURS;
    case ACTIVE:
        return STATE_ACTIVE;
    case NO:
    case SAME:
        break;
    }
    return from;
}

/* An account with this standing; dates as they must be for it. */
static struct account account_of(enum account_profile profile, enum account_state state, enum account_origin origin,
    enum password_kind password, bool notified)
{
    struct account account = account_precreated((account_id){7}, (academy_code){10}, profile, true);
    account.version = 3;
    account.state = state;
    account.origin = origin;
    account.password = password;
    if (notified) {
        account.notified_at = EARLIER;
        account.notification_expires_at = instant_add(NOW, DAYS(10));
    }
    if (state == STATE_ACTIVE)
        account.activated_at = EARLIER;
    return account;
}

typedef void visit(const struct account *account, enum account_action action);

static void visit_actions(struct account account, visit *each)
{
    for (unsigned flags = 0; flags < 4; flags++) {
        account.in_second_degree = (flags & 1) != 0;
        account.closed = (flags & 2) != 0;
        for (unsigned action = 0; action < ACTION_COUNT; action++)
            each(&account, (enum account_action)action);
    }
}

/* Every consistent account (profile, state, origin, password, notified or not, degree, closed or not), every action. */
static size_t visit_all(visit *each)
{
    size_t count = 0;
    for (unsigned i = 0; i < PROFILE_COUNT * STATE_COUNT * ORIGIN_COUNT * PASSWORD_COUNT * 2; i++) {
        unsigned rest = i;
        enum account_profile profile = (enum account_profile)(rest % PROFILE_COUNT);
        rest /= PROFILE_COUNT;
        enum account_state state = (enum account_state)(rest % STATE_COUNT);
        rest /= STATE_COUNT;
        enum account_origin origin = (enum account_origin)(rest % ORIGIN_COUNT);
        rest /= ORIGIN_COUNT;
        enum password_kind password = (enum password_kind)(rest % PASSWORD_COUNT);
        bool notified = rest / PASSWORD_COUNT == 1;
        struct account account = account_of(profile, state, origin, password, notified);
        if (account_is_consistent(&account)) {
            visit_actions(account, each);
            count++;
        }
    }
    return count;
}

static enum refusal decide(const struct account *account, enum account_action action, struct lifecycle_outcome *outcome)
{
    return lifecycle_decide(account, action, NOW, NOTIFICATION_MONTHS_DEFAULT, outcome);
}

static bool is_transition(enum account_action action)
{
    return action == ACTION_OPEN_ATEN || action == ACTION_OPEN_ENT;
}

/* The guide's word on this case, closed accounts, the first degree and unusable passwords included. */
static enum expected expectation_of(const struct account *account, enum account_action action)
{
    if (action == ACTION_REOPEN)
        return account->closed ? SAME : NO;
    if (account->closed)
        return NO;
    if (action != ACTION_CLOSE && account->profile == PROFILE_ELEVE && !account->in_second_degree)
        return NO;
    if (is_transition(action) && !account->in_second_degree)
        return NO;
    bool by_password = action == ACTION_OPEN || action == ACTION_CHANGE_PASSWORD;
    bool known_to_somebody = account->password == PASSWORD_CHOSEN ||
                             (account->password == PASSWORD_PROVISIONAL && instant_is_set(account->notified_at));
    if (by_password && !known_to_somebody)
        return NO;
    for (size_t i = 0; i < COUNT_OF(expectations); i++) {
        if (expectations[i].action == action)
            return account->profile == PROFILE_ELEVE ? expectations[i].pupil[account->state]
                                                     : expectations[i].guardian[account->state];
    }
    fail_msg("no expectation for %s", action_code(action));
    return NO;
}

static void check_against_the_guide(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    enum expected expected = expectation_of(account, action);
    enum refusal refusal = decide(account, action, &outcome);
    if ((refusal != REFUSAL_NONE) != (expected == NO))
        fail_msg("%s of %s, %s, %s, %s: got %s", action_code(action), profile_code(account->profile),
            state_code(account->state), origin_code(account->origin), password_kind_code(account->password),
            refusal_code(refusal));
    if (refusal == REFUSAL_NONE)
        assert_string_equal(state_code(outcome.account.state), state_code(expected_state(expected, account->state)));
}

static void every_case_follows_the_guide(void **state)
{
    (void)state;
    size_t accounts = visit_all(check_against_the_guide);
    assert_true(accounts >= 40); /* the visit is no empty one */
}

static bool visited_states[STATE_COUNT], visited_origins[ORIGIN_COUNT];

static void note_visited(const struct account *account, enum account_action action)
{
    (void)action;
    visited_states[account->state] = visited_origins[account->origin] = true;
}

/* One that no consistent account can have, be it for the dates that account_of() gives, is tried by nothing here. */
static void no_state_and_no_origin_is_left_out(void **state)
{
    (void)state;
    visit_all(note_visited);
    for (unsigned i = 0; i < STATE_COUNT; i++)
        if (!visited_states[i])
            fail_msg("%s", state_code((enum account_state)i));
    for (unsigned i = 0; i < ORIGIN_COUNT; i++)
        if (!visited_origins[i])
            fail_msg("%s", origin_code((enum account_origin)i));
}

static bool effects_are(unsigned effects, unsigned effect)
{
    return (effects & effect) != 0;
}

/* What the school handed out, or somebody chose by it, opens nothing any more. */
static bool franceconnect_resets(const struct account *account, enum account_action action)
{
    return action == ACTION_OPEN_FRANCECONNECT &&
           (account->state == STATE_DISTRIBUE || account->state == STATE_EN_COURS);
}

/* Fails with the case: cmocka tells two numbers only. */
static void expect(const struct account *account, enum account_action action, const char *what, int got, int wanted)
{
    if (got != wanted)
        fail_msg("%s of %s, %s, %s: %s is %d, not %d", action_code(action), profile_code(account->profile),
            state_code(account->state), origin_code(account->origin), what, got, wanted);
}

static void check_password(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (decide(account, action, &outcome) != REFUSAL_NONE)
        return;
    bool resets = action == ACTION_RESET_PASSWORD ||
                  (action == ACTION_NOTIFY_RESET && account->state != STATE_NON_DISTRIBUE) ||
                  franceconnect_resets(account, action);
    bool chooses = action == ACTION_OPEN || action == ACTION_CHANGE_PASSWORD || action == ACTION_RECOVER_PASSWORD ||
                   action == ACTION_OPEN_SMS || is_transition(action);
    enum password_kind expected = resets ? PASSWORD_PROVISIONAL : chooses ? PASSWORD_CHOSEN : account->password;
    unsigned effects = outcome.effects;
    expect(account, action, "password", (int)outcome.account.password, (int)expected);
    expect(account, action, "a new one", effects_are(effects, EFFECT_NEW_PROVISIONAL_PASSWORD), resets);
    expect(account, action, "a chosen one", effects_are(effects, EFFECT_STORE_CHOSEN_PASSWORD), chooses);
    if (resets || chooses)
        expect(account, action, "the end of sessions", effects_are(effects, EFFECT_END_SESSIONS), true);
}

static void the_password_is_reset_exactly_where_the_guide_says(void **state)
{
    (void)state;
    visit_all(check_password);
}

static void check_origin(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (decide(account, action, &outcome) != REFUSAL_NONE)
        return;
    enum account_origin expected = account->origin;
    if (!account_has_been_activated(account)) {
        bool notifies = action == ACTION_NOTIFY || action == ACTION_NOTIFY_RESET;
        if (notifies && account->state == STATE_NON_DISTRIBUE)
            expected = ORIGIN_ETABLISSEMENT;
        if (action == ACTION_OPEN_SMS)
            expected = ORIGIN_RESPONSABLE;
        if (action == ACTION_OPEN_FRANCECONNECT)
            expected = ORIGIN_FRANCECONNECT;
        if (action == ACTION_OPEN_ATEN)
            expected = ORIGIN_ATEN;
        if (action == ACTION_OPEN_ENT)
            expected = ORIGIN_ENT;
    }
    assert_string_equal(origin_code(outcome.account.origin), origin_code(expected));
}

static void the_origin_is_that_of_the_way_and_fixed_once_activated(void **state)
{
    (void)state;
    visit_all(check_origin);
}

static void check_invariants(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome = {.account = {.version = 99}, .effects = 12345};
    if (decide(account, action, &outcome) != REFUSAL_NONE) {
        assert_int_equal(outcome.account.version, 99);
        assert_int_equal(outcome.effects, 12345);
        return;
    }
    const struct account *after = &outcome.account;
    assert_true(account_is_consistent(after));
    assert_int_equal(after->profile, account->profile);
    assert_int_equal(after->id.v, account->id.v);
    assert_int_equal(after->academy.v, account->academy.v);
    assert_int_equal(after->version, account->version);
    assert_int_equal(after->in_second_degree, account->in_second_degree);
    assert_true(after->state >= account->state); /* no way leads back */
    if (account_has_been_activated(account))
        assert_int_equal(after->activated_at.us, account->activated_at.us);
    else if (after->state == STATE_ACTIVE)
        assert_int_equal(after->activated_at.us, NOW.us);
    assert_int_equal(after->closed, action == ACTION_CLOSE || (account->closed && action != ACTION_REOPEN));
}

static void what_is_refused_changes_nothing_and_what_moves_stays_consistent(void **state)
{
    (void)state;
    visit_all(check_invariants);
}

static void check_notification(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (decide(account, action, &outcome) != REFUSAL_NONE)
        return;
    bool notifies = action == ACTION_NOTIFY || action == ACTION_NOTIFY_RESET;
    bool resets = action == ACTION_RESET_PASSWORD || franceconnect_resets(account, action);
    bool extends = notifies || (resets && instant_is_set(account->notified_at));
    struct instant in_three_months = {NOW.us + DAYS(91).us}; /* 16 September to 16 December */
    assert_int_equal(outcome.account.notified_at.us, notifies ? NOW.us : account->notified_at.us);
    assert_int_equal(
        outcome.account.notification_expires_at.us, extends ? in_three_months.us : account->notification_expires_at.us);
    assert_int_equal(effects_are(outcome.effects, EFFECT_SEND_NOTIFICATION), notifies);
}

static void a_notification_is_valid_three_months_and_another_extends_it(void **state)
{
    (void)state;
    visit_all(check_notification);
}

static void check_mails(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (decide(account, action, &outcome) != REFUSAL_NONE)
        return;
    bool pending_after = outcome.account.state == STATE_EN_COURS;
    bool activation =
        pending_after && (action == ACTION_OPEN || action == ACTION_RESEND_ACTIVATION || action == ACTION_CHANGE_EMAIL);
    bool is_active = account->state == STATE_ACTIVE;
    expect(account, action, "activation mail", effects_are(outcome.effects, EFFECT_SEND_ACTIVATION_MAIL), activation);
    expect(account, action, "address confirmation", effects_are(outcome.effects, EFFECT_SEND_ADDRESS_CONFIRMATION),
        action == ACTION_CHANGE_EMAIL && is_active);
    expect(account, action, "adoption", effects_are(outcome.effects, EFFECT_ADOPT_ADDRESS),
        action == ACTION_CONFIRM_EMAIL);
    bool security = outcome.account.password != account->password ||
                    effects_are(outcome.effects, EFFECT_STORE_CHOSEN_PASSWORD | EFFECT_NEW_PROVISIONAL_PASSWORD) ||
                    action == ACTION_CHANGE_EMAIL || action == ACTION_CONFIRM_EMAIL ||
                    action == ACTION_OPEN_FRANCECONNECT;
    expect(account, action, "word of a change", effects_are(outcome.effects, EFFECT_TELL_SECURITY_CHANGE),
        security && is_active);
    bool opens = action == ACTION_OPEN || action == ACTION_OPEN_SMS || action == ACTION_OPEN_FRANCECONNECT ||
                 action == ACTION_OPEN_ATEN || action == ACTION_OPEN_ENT;
    bool readdresses = action == ACTION_CHANGE_EMAIL; /* while the account waits for its address */
    expect(account, action, "word of an opening", effects_are(outcome.effects, EFFECT_TELL_OPENING),
        (opens || readdresses) && !is_active);
}

static void each_mail_is_sent_exactly_where_it_belongs(void **state)
{
    (void)state;
    visit_all(check_mails);
}

static void an_expired_provisional_password_opens_nothing(void **state)
{
    (void)state;
    struct account account =
        account_of(PROFILE_ELEVE, STATE_DISTRIBUE, ORIGIN_ETABLISSEMENT, PASSWORD_PROVISIONAL, true);
    struct lifecycle_outcome outcome;
    enum sign_in_step step;
    account.notification_expires_at = instant_add(NOW, MILLISECONDS(1));
    assert_int_equal(decide(&account, ACTION_OPEN, &outcome), REFUSAL_NONE);
    account.notification_expires_at = NOW;
    assert_int_equal(decide(&account, ACTION_OPEN, &outcome), REFUSAL_NOTIFICATION_EXPIRED);
    assert_int_equal(lifecycle_sign_in(&account, NOW, &step), REFUSAL_NOTIFICATION_EXPIRED);

    assert_int_equal(decide(&account, ACTION_NOTIFY, &outcome), REFUSAL_NONE);
    assert_int_equal(lifecycle_sign_in(&outcome.account, NOW, &step), REFUSAL_NONE);
    assert_int_equal(step, SIGN_IN_OPENING);
}

static void an_expired_notification_does_not_stop_the_guardians_own_ways(void **state)
{
    (void)state;
    struct account account =
        account_of(PROFILE_RESPONSABLE, STATE_DISTRIBUE, ORIGIN_ETABLISSEMENT, PASSWORD_PROVISIONAL, true);
    struct lifecycle_outcome outcome;
    account.notification_expires_at = EARLIER;
    assert_int_equal(decide(&account, ACTION_OPEN_SMS, &outcome), REFUSAL_NONE);
    assert_int_equal(decide(&account, ACTION_OPEN_FRANCECONNECT, &outcome), REFUSAL_NONE);
}

struct sign_in_case {
    enum account_state state;
    enum account_origin origin;
    enum password_kind password;
    bool notified;
    enum refusal refusal;
    enum sign_in_step step;
};

static void sign_in_leads_where_the_account_stands(void **state)
{
    (void)state;
    static const struct sign_in_case cases[] = {
        {STATE_NON_DISTRIBUE, ORIGIN_NON_RENSEIGNE, PASSWORD_PROVISIONAL, false, REFUSAL_NOT_DISTRIBUTED, 0                      },
        {STATE_DISTRIBUE,     ORIGIN_ETABLISSEMENT, PASSWORD_PROVISIONAL, true,  REFUSAL_NONE,            SIGN_IN_OPENING        },
        {STATE_EN_COURS,      ORIGIN_ETABLISSEMENT, PASSWORD_CHOSEN,      true,  REFUSAL_NONE,            SIGN_IN_CONFIRM_EMAIL  },
        {STATE_EN_COURS,      ORIGIN_ETABLISSEMENT, PASSWORD_PROVISIONAL, true,  REFUSAL_NONE,            SIGN_IN_CHOOSE_PASSWORD},
        {STATE_ACTIVE,        ORIGIN_ETABLISSEMENT, PASSWORD_CHOSEN,      true,  REFUSAL_NONE,            SIGN_IN_COMPLETE       },
        {STATE_ACTIVE,        ORIGIN_ETABLISSEMENT, PASSWORD_PROVISIONAL, true,  REFUSAL_NONE,            SIGN_IN_CHOOSE_PASSWORD},
        {STATE_ACTIVE,        ORIGIN_RESPONSABLE,   PASSWORD_CHOSEN,      false, REFUSAL_NONE,            SIGN_IN_COMPLETE       },
        {STATE_ACTIVE,        ORIGIN_FRANCECONNECT, PASSWORD_PROVISIONAL, false, REFUSAL_NOT_DISTRIBUTED, 0                      },
        {STATE_ACTIVE,        ORIGIN_FRANCECONNECT, PASSWORD_NONE,        false, REFUSAL_NOT_DISTRIBUTED, 0                      },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum sign_in_step step = SIGN_IN_COMPLETE;
        struct account account =
            account_of(PROFILE_RESPONSABLE, cases[i].state, cases[i].origin, cases[i].password, cases[i].notified);
        assert_int_equal(lifecycle_sign_in(&account, NOW, &step), cases[i].refusal);
        if (cases[i].refusal == REFUSAL_NONE)
            assert_int_equal(step, cases[i].step);
        account.closed = true;
        assert_int_equal(lifecycle_sign_in(&account, NOW, &step), REFUSAL_ACCOUNT_CLOSED);
    }
}

static void the_table_has_exactly_one_row_for_each_case(void **state)
{
    (void)state;
    size_t count;
    const struct lifecycle_rule *rules = lifecycle_rules(&count);
    for (unsigned action = 0; action < ACTION_COUNT; action++)
        for (unsigned profile = 0; profile < PROFILE_COUNT; profile++)
            for (unsigned from = 0; from < STATE_COUNT; from++) {
                int rows = 0;
                for (size_t i = 0; i < count; i++)
                    rows += rules[i].action == action && (rules[i].profiles & PROFILE_BIT(profile)) != 0 &&
                            (rules[i].states & STATE_BIT(from)) != 0;
                if (rows != 1)
                    fail_msg("%d rows for %s of %s at %s", rows, action_code((enum account_action)action),
                        profile_code((enum account_profile)profile), state_code((enum account_state)from));
            }
}

static struct lifecycle_move seen_moves[LIFECYCLE_MOVES_MAX];
static size_t seen_move_count;

static bool is_same_move(const struct lifecycle_move *a, const struct lifecycle_move *b)
{
    return a->profile == b->profile && a->from_state == b->from_state && a->from_origin == b->from_origin &&
           a->to_state == b->to_state && a->to_origin == b->to_origin;
}

static bool moves_have(const struct lifecycle_move *moves, size_t count, const struct lifecycle_move *move)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same_move(&moves[i], move))
            return true;
    }
    return false;
}

static void note_move(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (decide(account, action, &outcome) != REFUSAL_NONE)
        return;
    struct lifecycle_move move = {.profile = account->profile,
        .from_state = account->state,
        .from_origin = account->origin,
        .to_state = outcome.account.state,
        .to_origin = outcome.account.origin};
    bool moved = move.from_state != move.to_state || move.from_origin != move.to_origin;
    if (moved && !moves_have(seen_moves, seen_move_count, &move))
        seen_moves[seen_move_count++] = move;
}

static void the_moves_listed_for_the_database_are_those_that_happen(void **state)
{
    (void)state;
    struct lifecycle_move moves[LIFECYCLE_MOVES_MAX];
    size_t count = lifecycle_moves(moves);
    seen_move_count = 0;
    visit_all(note_move);
    assert_int_equal(count, seen_move_count);
    for (size_t i = 0; i < count; i++) {
        assert_true(moves_have(seen_moves, seen_move_count, &moves[i]));
        assert_false(moves_have(moves, i, &moves[i]));
        bool by_transition = moves[i].to_origin != moves[i].from_origin &&
                             (moves[i].to_origin == ORIGIN_ATEN || moves[i].to_origin == ORIGIN_ENT);
        assert_int_equal(moves[i].second_degree_only, moves[i].profile == PROFILE_ELEVE || by_transition);
    }
}

/* From the pre-created account on, following the moves until nothing new comes. A standing that only the next release leads to
 * (docs/developers/adding.md) is one to begin at as well. */
static size_t reach(bool reached[PROFILE_COUNT][STATE_COUNT][ORIGIN_COUNT])
{
    struct lifecycle_move moves[LIFECYCLE_MOVES_MAX];
    size_t count = lifecycle_moves(moves);
    size_t standings = 0;
    for (unsigned profile = 0; profile < PROFILE_COUNT; profile++)
        reached[profile][STATE_NON_DISTRIBUE][ORIGIN_NON_RENSEIGNE] = ++standings;
    for (size_t before = 0; before != standings;) {
        before = standings;
        for (size_t i = 0; i < count; i++) {
            const struct lifecycle_move *move = &moves[i];
            bool *to = &reached[move->profile][move->to_state][move->to_origin];
            if (reached[move->profile][move->from_state][move->from_origin] && !*to) {
                *to = true;
                standings++;
            }
        }
    }
    return standings;
}

static void check_reopening(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    if (action != ACTION_REOPEN || !account->closed)
        return;
    assert_int_equal(decide(account, action, &outcome), REFUSAL_NONE);
    assert_false(outcome.account.closed);
    assert_int_equal(outcome.effects, 0);
    outcome.account.closed = true;
    assert_memory_equal(&outcome.account, account, sizeof *account);
}

/* The import reopens accounts by the hundred thousand in one statement that does nothing else (import_attach.sql). */
static void reopening_finds_the_account_as_it_was(void **state)
{
    (void)state;
    assert_true(visit_all(check_reopening) > 0);
}

static void the_legal_standings_are_those_that_can_be_reached(void **state)
{
    (void)state;
    bool reached[PROFILE_COUNT][STATE_COUNT][ORIGIN_COUNT] = {{{false}}};
    assert_int_equal(reach(reached), 8 + 5); /* of guardians and of pupils */
    for (unsigned profile = 0; profile < PROFILE_COUNT; profile++)
        for (unsigned at = 0; at < STATE_COUNT; at++)
            for (unsigned origin = 0; origin < ORIGIN_COUNT; origin++)
                assert_int_equal(
                    reached[profile][at][origin], account_standing_is_legal((enum account_profile)profile,
                                                      (enum account_state)at, (enum account_origin)origin));
}

static void refusals_say_why(void **state)
{
    (void)state;
    struct lifecycle_outcome outcome;
    struct account fresh = account_precreated((account_id){1}, (academy_code){1}, PROFILE_RESPONSABLE, false);
    assert_int_equal(decide(&fresh, ACTION_RESET_PASSWORD, &outcome), REFUSAL_NOT_DISTRIBUTED);
    assert_int_equal(decide(&fresh, ACTION_OPEN_ENT, &outcome), REFUSAL_SECOND_DEGREE_ONLY);
    assert_int_equal(decide(&fresh, ACTION_REOPEN, &outcome), REFUSAL_ACCOUNT_NOT_CLOSED);
    struct account pupil = account_precreated((account_id){1}, (academy_code){1}, PROFILE_ELEVE, false);
    assert_int_equal(decide(&pupil, ACTION_NOTIFY, &outcome), REFUSAL_SECOND_DEGREE_ONLY);
    pupil.in_second_degree = true;
    assert_int_equal(decide(&pupil, ACTION_OPEN_SMS, &outcome), REFUSAL_GUARDIAN_ONLY);
    pupil.closed = true;
    assert_int_equal(decide(&pupil, ACTION_EXPORT, &outcome), REFUSAL_ACCOUNT_CLOSED);
    struct account active = account_of(PROFILE_RESPONSABLE, STATE_ACTIVE, ORIGIN_RESPONSABLE, PASSWORD_CHOSEN, false);
    assert_int_equal(decide(&active, ACTION_OPEN_SMS, &outcome), REFUSAL_ALREADY_ACTIVE);
    assert_int_equal(decide(&active, ACTION_RESEND_ACTIVATION, &outcome), REFUSAL_ACTIVATION_NOT_PENDING);
}

static void a_provisional_password_is_readable_from_its_notification_until_it_is_replaced(void **state)
{
    (void)state;
    struct account account = account_precreated((account_id){1}, (academy_code){1}, PROFILE_RESPONSABLE, false);
    struct lifecycle_outcome outcome;
    assert_false(account_password_is_readable(&account)); /* it opens nothing yet */
    assert_int_equal(decide(&account, ACTION_NOTIFY, &outcome), REFUSAL_NONE);
    assert_true(account_password_is_readable(&outcome.account));
    account = outcome.account;
    assert_int_equal(decide(&account, ACTION_OPEN, &outcome), REFUSAL_NONE);
    assert_false(account_password_is_readable(&outcome.account));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_follows_the_guide),
        cmocka_unit_test(no_state_and_no_origin_is_left_out),
        cmocka_unit_test(the_password_is_reset_exactly_where_the_guide_says),
        cmocka_unit_test(the_origin_is_that_of_the_way_and_fixed_once_activated),
        cmocka_unit_test(what_is_refused_changes_nothing_and_what_moves_stays_consistent),
        cmocka_unit_test(a_notification_is_valid_three_months_and_another_extends_it),
        cmocka_unit_test(each_mail_is_sent_exactly_where_it_belongs),
        cmocka_unit_test(an_expired_provisional_password_opens_nothing),
        cmocka_unit_test(an_expired_notification_does_not_stop_the_guardians_own_ways),
        cmocka_unit_test(sign_in_leads_where_the_account_stands),
        cmocka_unit_test(the_table_has_exactly_one_row_for_each_case),
        cmocka_unit_test(the_moves_listed_for_the_database_are_those_that_happen),
        cmocka_unit_test(reopening_finds_the_account_as_it_was),
        cmocka_unit_test(the_legal_standings_are_those_that_can_be_reached),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(a_provisional_password_is_readable_from_its_notification_until_it_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
