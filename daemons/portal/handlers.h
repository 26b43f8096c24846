/* What answers each line of the map (routes.c), by the file that holds it. */
#pragma once

#include "portal/visit.h"

/* home.c */
visit_handler home_show, files_send;
/* statements.c */
visit_handler accessibility_show, legal_show, privacy_show;
/* security_text.c */
visit_handler security_text_show;
/* service_show.c */
visit_handler service_show;
/* family_sign_in.c */
visit_handler family_sign_in_show, family_sign_in_do;
/* sign_out.c */
visit_handler sign_out_do;
/* opening.c */
visit_handler opening_show, opening_do, disclaim_show, disclaim_do;
/* activation.c */
visit_handler activation_show, activation_do;
/* help.c */
visit_handler help_show, help_form_show, help_form_do;
/* registration.c */
visit_handler registration_show, registration_do, forgotten_show, registration_step_show, registration_code_do,
    registration_children_do, registration_password_do, registration_mobile_do, registration_franceconnect_do;
/* franceconnect.c */
visit_handler franceconnect_go, franceconnect_link_go, franceconnect_return, franceconnect_left, franceconnect_leave,
    franceconnect_unlink_show, franceconnect_unlink_do;
/* ent.c */
visit_handler ent_show, ent_go, ent_return, ent_land, ent_land_on, ent_metadata_show, ent_opening_show, ent_opening_do;
visit_handler ent_opening_leave;
/* other_account.c */
visit_handler other_account_show, other_account_do, other_account_confirm_show, other_account_confirm_do;
/* missing_child.c */
visit_handler missing_child_show, missing_child_do;
/* password_link.c */
visit_handler password_link_show, password_link_do;
/* children.c */
visit_handler children_show, child_password_show, child_password_do, returned_child_do;
/* password.c */
visit_handler password_show, password_do;
/* desk.c */
visit_handler desk_show;
/* online_services.c */
visit_handler picture_send;
/* family_account.c */
visit_handler family_account_show, family_sessions_do;
/* family_email.c */
visit_handler family_email_show, family_email_do, family_email_cancel_do, email_link_show, email_link_do;
/* family_mobile.c */
visit_handler family_mobile_show, family_mobile_do, family_mobile_code_show, family_mobile_code_do,
    family_mobile_removal_show, family_mobile_removal_do;
/* family_life.c */
visit_handler family_life_show;
/* family_data.c */
visit_handler family_data_do;
/* head_sign_in.c */
visit_handler head_sign_in_show, head_sign_in_do;
/* code.c */
visit_handler code_show, code_do;
/* own_password.c */
visit_handler own_password_show, own_password_do;
/* second_factor.c */
visit_handler second_factor_show, second_factor_do, second_factor_qr, second_factor_remove_do, recovery_codes_do;
/* my_account.c */
visit_handler my_account_show, my_sessions_do;
/* The page again, with what was refused of a form on it. */
void my_account_refuse(struct visit *visit, enum refusal refusal);
/* my_reminder.c */
visit_handler my_reminder_do;
/* delegations.c */
visit_handler delegations_show, delegation_give_do, delegation_take_back_do, delegation_renew_do;
/* academy_portal.c */
visit_handler portal_go, portal_return, portal_left, portal_leave;
/* imports.c */
visit_handler imports_show;
/* import.c */
visit_handler import_show;
/* import_sheet.c */
visit_handler import_sheet;
/* journal.c */
visit_handler journal_show;
/* schools.c */
visit_handler schools_show;
/* school_home.c */
visit_handler school_home_show;
/* list.c */
visit_handler list_guardians, list_guardians_move, list_pupils, list_pupils_move;
/* export.c */
visit_handler export_do, export_guardians, export_pupils;
/* preview.c */
visit_handler preview_show, preview_do;
/* batch_send.c */
visit_handler batch_send_do;
/* batches.c */
visit_handler batches_show, batch_show, batch_sheets;
/* batch_change.c */
visit_handler batch_cancel_do, batch_retry_do;
/* account.c */
visit_handler account_show, account_password, account_resend, account_restore;
/* figures.c, figures_sheet.c, figures_paper.c, figures_area.c */
visit_handler figures_show, figures_sheet, figures_paper, figures_area_show, figures_area_sheet, figures_area_paper;
/* open_figures.c */
visit_handler open_figures_show, open_figures_sheet;
