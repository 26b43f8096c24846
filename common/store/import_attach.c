#include "store/import_attach.h"

#include "store/blocking_query.h"

bool import_attach_open(struct session *session, struct fault *fault)
{
    return session_run_plain(session, QUERY_IMPORT_ATTACH_TABLE, fault);
}

bool import_attach_touch(struct session *session, academy_code academy, account_id account, struct fault *fault)
{
    if (!session_copy_begin(session, QUERY_IMPORT_ATTACH_COPY, fault)) {
        return false;
    }
    session_copy_int64(session, academy.v);
    session_copy_int64(session, account.v);
    return session_copy_row(session, fault) && session_copy_end(session, NULL, fault);
}

bool import_attach_apply(struct session *session, struct fault *fault)
{
    return session_run_plain(session, QUERY_IMPORT_ATTACH_ANALYZE, fault) &&
           session_run_plain(session, QUERY_IMPORT_ATTACH_LOCK, fault) &&
           session_run_plain(session, QUERY_IMPORT_ATTACH_APPLY, fault);
}
