#include "stats/figures.h"

#include "runtime/arena.h"
#include "stats/figures_pack.h"
#include "store/figures.h"

enum { PAGE_STANDARD = 50, PAGE_MAX = 500 };
/* Ten times what a page of the nation takes: only classes, which AAF names as it likes, are without number. */
enum { ANSWER_MAX = 16 << 20 };

/* The answers that lines can be packed into. */
union reply {
    ProtobufCMessage base;
    Preau__Statistics__GetSchoolReply school;
    Preau__Statistics__GetAcademyReply academy;
    Preau__Statistics__GetNationReply nation;
};

typedef void reply_pack(struct arena *arena, const struct figures_line *lines, size_t count, union reply *out_reply);

static void lines_answer(
    struct call *call, const struct figures_line *lines, size_t count, const struct fault *fault, reply_pack *pack)
{
    if (!lines) {
        call_fail(call, fault);
        return;
    }
    if (count == 0) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    struct arena *arena = arena_new(ANSWER_MAX);
    union reply reply;
    pack(arena, lines, count, &reply);
    if (arena_is_overflowed(arena)) {
        struct fault too_much = {0};
        fault_set(&too_much, FAULT_LIMIT, "figures: %zu lines are too many for an answer", count);
        call_fail(call, &too_much);
    } else {
        call_answer(call, &reply.base);
    }
    arena_free(&arena);
}

static void school_pack(struct arena *arena, const struct figures_line *lines, size_t count, union reply *out_reply)
{
    figures_pack_school(arena, lines, count, &out_reply->school);
}

static void school_loaded(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    lines_answer(arg, lines, count, fault, school_pack);
}

static bool is_academy(uint32_t academy)
{
    return academy >= 1 && academy <= INT16_MAX;
}

void figures_answer_school(struct store *store, struct call *call, const Preau__Statistics__GetSchoolRequest *request)
{
    if (!uai_is_valid(request->uai) || !is_academy(request->academy)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    figures_load_school(store, call_caller(call).administrator, (academy_code){(int16_t)request->academy}, request->uai,
        school_loaded, call);
}

static bool page_read(const Preau__Statistics__Page *page, struct figures_page *out_page)
{
    *out_page = (struct figures_page){0, PAGE_STANDARD};
    if (page) {
        out_page->offset = page->offset;
        out_page->limit = page->limit > 0 ? page->limit : PAGE_STANDARD;
    }
    return out_page->limit <= PAGE_MAX;
}

static bool profile_read(Preau__Profile profile, const char **out_code)
{
    bool is_known = profile >= PREAU__PROFILE__PROFILE_UNSPECIFIED && profile <= PREAU__PROFILE__PROFILE_ELEVE;
    *out_code = is_known && profile != PREAU__PROFILE__PROFILE_UNSPECIFIED
                    ? profile_code((enum account_profile)(profile - 1))
                    : "";
    return is_known;
}

static void academy_pack(struct arena *arena, const struct figures_line *lines, size_t count, union reply *out_reply)
{
    figures_pack_academy(arena, lines, count, &out_reply->academy);
}

static void academy_loaded(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    lines_answer(arg, lines, count, fault, academy_pack);
}

void figures_answer_academy(struct store *store, struct call *call, const Preau__Statistics__GetAcademyRequest *request)
{
    struct figures_wanted wanted = {0};
    if (!is_academy(request->academy) || !profile_read(request->profile, &wanted.profile) ||
        !page_read(request->lagging, &wanted.schools) || !page_read(request->cities, &wanted.cities)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    wanted.academy.v = (int16_t)request->academy;
    figures_load_area(store, call_caller(call).administrator, &wanted, academy_loaded, call);
}

static void nation_pack(struct arena *arena, const struct figures_line *lines, size_t count, union reply *out_reply)
{
    figures_pack_nation(arena, lines, count, &out_reply->nation);
}

static void nation_loaded(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    lines_answer(arg, lines, count, fault, nation_pack);
}

void figures_answer_nation(struct store *store, struct call *call, const Preau__Statistics__GetNationRequest *request)
{
    struct figures_wanted wanted = {0};
    if (!profile_read(request->profile, &wanted.profile) || !page_read(request->lagging, &wanted.schools) ||
        !page_read(request->cities, &wanted.cities)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    figures_load_area(store, call_caller(call).administrator, &wanted, nation_loaded, call);
}
