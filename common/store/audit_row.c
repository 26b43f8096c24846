#include "store/audit_row.h"

void audit_asked_give(struct parameters *out_parameters, const struct audit_asked *asked)
{
    struct parameters *parameters = out_parameters;
    parameters_init(parameters);
    parameters_int64(parameters, asked->reader.v);
    parameters_int64(parameters, asked->academy.v);
    parameters_text(parameters, asked->uai);
    parameters_text(parameters, asked->actor);
    parameters_text(parameters, asked->action);
    parameters_text(parameters, asked->login);
    parameters_int64(parameters, asked->account_academy.v);
    parameters_int64(parameters, asked->account.v);
    parameters_instant(parameters, asked->since);
    parameters_instant(parameters, asked->until);
    parameters_instant(parameters, asked->before_at);
    parameters_int64(parameters, asked->before_chain);
    parameters_int64(parameters, asked->before_number);
    parameters_int64(parameters, asked->limit);
}

struct audit_listed audit_listed_from_row(const struct rows *rows, int row)
{
    return (struct audit_listed){
        .chain = (int)row_int64(rows, row, "chain"),
        .number = row_int64(rows, row, "number"),
        .at = row_instant(rows, row, "at"),
        .administrator = {row_int64(rows, row, "administrator_id")},
        .actor = row_text(rows, row, "actor"),
        .name = row_text(rows, row, "name"),
        .action = row_text(rows, row, "action"),
        .uai = row_text(rows, row, "uai"),
        .school = row_text(rows, row, "school"),
        .account_academy = {(int16_t)row_int64(rows, row, "account_academy")},
        .account = {row_int64(rows, row, "account_id")},
        .login = row_text(rows, row, "login"),
        .detail = row_text(rows, row, "detail"),
        .detail_lines = row_text(rows, row, "lines"),
        .trace = row_text(rows, row, "trace"),
    };
}
