"""What is done on an administrator's or the operator's behalf, and the entry of the audit trail that each deed leaves: every rpc,
every statement by which the portal changes something of its own, every form of the portal and document that it hands out, every
verb of preauctl. What is new in the code and is not here fails in tests/architecture/test_audit_named.py.

    DEEDS["Link/GiveCode"]              # the actions (common/domain/audit_action.def), or why there is none
    ROUTES["POST /administration/code"] # the deeds that it asks for, or why there is none
    COMMANDS["admin grant"]             # the same
    @tries("Notify/ShowPassword", "password_shown")   # a test that fails without the entry
"""

READS = "only reads"
FAMILY = "a family's own account: its life is in account_event"
TICKED = "what is ticked on a list: nothing is done to an account"

# deed: a tuple of actions, or a reason. "query/…": a statement of the portal's own
DEEDS = {
    "Import/RunImports": ("import_asked",),
    "Import/ListRuns": READS,
    "Import/GetReport": "only reads, and what is refused is told by numbers, never by a personal value (docs/operators/conservation.md)",
    "Import/DecideRun": ("import_approved", "import_rejected"),
    "Import/ListMerges": READS,
    "Import/UndoMerge": ("merge_undone",),
    "Link/SignIn": FAMILY,
    "Link/GetOpening": FAMILY,
    "Link/OpenAccount": FAMILY,
    "Link/ConfirmEmail": FAMILY,
    "Link/ChangePassword": FAMILY,
    "Link/AskHelp": "what anybody may type: nobody is looked at, and what is mailed is in account_event",
    "Link/GetPasswordLink": READS,
    "Link/RecoverPassword": FAMILY,
    "Link/ResetChildPassword": "a guardian's deed for a child: it is in account_event of both, with the guardian's number",
    "Link/SignInAdministrator": ("signed_in", "sign_in_refused"),
    "Link/GiveCode": ("signed_in", "sign_in_refused", "recovery_code_used"),
    "Link/OfferSecondFactor": "a secret for one session: nothing counts before ConfirmSecondFactor",
    "Link/ConfirmSecondFactor": ("second_factor_set_up", "signed_in", "proof_refused"),
    "Link/RemoveSecondFactor": ("second_factor_removed", "proof_refused"),
    "Link/RenewRecoveryCodes": ("recovery_codes_renewed", "proof_refused"),
    "Link/ChangeAdministratorPassword": ("password_changed", "proof_refused"),
    "Link/BeginPortalSignIn": "nobody is known yet",
    "Link/FinishPortalSignIn": ("signed_in", "sign_in_refused", "portal_scopes_replaced"),
    "Link/EndPortalSession": ("signed_out_of_portal",),
    "Link/AddAdministrator": ("administrator_added",),
    "Link/ListAdministrators": READS,
    "Link/GetAdministrator": READS,
    "Link/ChangeAdministrator": ("administrator_disabled", "administrator_enabled", "password_replaced", "second_factor_reset",
                                 "scopes_added", "scopes_removed", "sessions_ended", "head_followed", "head_unfollowed"),
    "Link/ListDelegations": READS,
    "Link/Delegate": ("delegation_given",),
    "Link/TakeBackDelegation": ("delegation_taken_back",),
    "Link/RenewFirstPassword": ("first_password_renewed",),
    "Notify/CreateBatch": ("batch_created",),
    "Notify/CancelBatch": ("batch_cancelled",),
    "Notify/RetryBatch": ("batch_retried",),
    "Notify/GetBatch": READS,
    "Notify/ListBatches": READS,
    "Notify/GetDocument": ("sheets_fetched",),
    "Notify/ResetPasswords": ("passwords_reset",),
    "Notify/ResendActivation": ("activation_resent",),
    "Notify/ShowPassword": ("password_shown",),
    "Notify/ExportList": ("list_exported",),
    "Notify/PreviewMail": READS,
    "Notify/ChooseReminder": ("reminder_asked", "reminder_declined"),
    "Statistics/Compute": ("statistics_computed",),
    "Statistics/GetSchool": READS,
    "query/administrator_sessions_end_own": ("sessions_ended",),
    "query/web_session_end": ("signed_out",),
    "query/web_session_begin": "follows a deed of linkd's, which has its entry",
    "query/web_session_load": "remembers that a session was seen",
    "query/web_session_purge": "what is past its end",
    "query/second_factor_offer": "a secret for one session: nothing counts before ConfirmSecondFactor",
    "query/list_selection_store": TICKED,
    "query/list_selection_end": TICKED,
}

# each form that is posted, each document, and what else does something when it is only opened
ROUTES = {
    "POST /connexion": FAMILY,
    "POST /activation/:jeton": FAMILY,
    "POST /aide/identifiant": FAMILY,
    "POST /aide/mot-de-passe": FAMILY,
    "POST /aide/activation": FAMILY,
    "POST /mot-de-passe/:jeton": FAMILY,
    "POST /guichet/enfants/:compte/mot-de-passe": FAMILY,
    "POST /ouverture": FAMILY,
    "POST /nouveau-mot-de-passe": FAMILY,
    "POST /deconnexion": ("query/web_session_end",),
    "POST /administration/connexion": ("Link/SignInAdministrator",),
    "POST /administration/code": ("Link/GiveCode",),
    "POST /administration/mot-de-passe": ("Link/ChangeAdministratorPassword",),
    "POST /administration/double-authentification": ("Link/ConfirmSecondFactor",),
    "POST /administration/double-authentification/retrait": ("Link/RemoveSecondFactor",),
    "POST /administration/codes-de-secours": ("Link/RenewRecoveryCodes",),
    "POST /administration/mon-compte/sessions": ("query/administrator_sessions_end_own",),
    "POST /administration/mon-compte/rappel": ("Notify/ChooseReminder",),
    "GET /portail/:portail/retour": ("Link/FinishPortalSignIn",),
    "GET /fin-de-session/portail": ("Link/EndPortalSession",),
    "GET /imports/:releve": DEEDS["Import/GetReport"],
    "POST /etablissements/:uai/responsables": TICKED,
    "POST /etablissements/:uai/eleves": TICKED,
    "GET /etablissements/:uai/responsables/liste": ("Notify/ExportList",),
    "GET /etablissements/:uai/eleves/liste": ("Notify/ExportList",),
    "POST /etablissements/:uai/liste": ("Notify/ExportList",),
    "POST /etablissements/:uai/apercu": "a dry run: what would be done is told, nothing is",
    "POST /etablissements/:uai/envoi": ("Notify/CreateBatch", "Notify/ResetPasswords"),
    "POST /etablissements/:uai/envois/:envoi/annulation": ("Notify/CancelBatch",),
    "POST /etablissements/:uai/envois/:envoi/reprise": ("Notify/RetryBatch",),
    "GET /etablissements/:uai/envois/:envoi/fiches/:fiches": ("Notify/GetDocument",),
    "POST /etablissements/:uai/comptes/:compte/mot-de-passe": ("Notify/ShowPassword",),
    "POST /etablissements/:uai/comptes/:compte/renvoi": ("Notify/ResendActivation",),
    "POST /etablissements/:uai/delegations": ("Link/Delegate",),
    "POST /etablissements/:uai/delegations/retrait": ("Link/TakeBackDelegation",),
    "POST /etablissements/:uai/delegations/mot-de-passe": ("Link/RenewFirstPassword",),
}

CHANGED = ("Link/ChangeAdministrator",)

COMMANDS = {
    "status": READS,
    "migrate": "the owner of the schema, before any daemon: the table of migrations remembers which, and when",
    "key generate": "a file of keys.directory: there is no database to write to, and the key tells when it was made",
    "admin add": ("Link/AddAdministrator",),
    "admin list": READS,
    "admin show": READS,
    "admin disable": CHANGED,
    "admin enable": CHANGED,
    "admin password": CHANGED,
    "admin reset-totp": CHANGED,
    "admin grant": CHANGED,
    "admin revoke": CHANGED,
    "admin follow": CHANGED,
    "admin unfollow": CHANGED,
    "admin aaf-heads": READS,
    "admin sessions": READS,
    "admin end-sessions": CHANGED,
    "import run": ("Import/RunImports",),
    "import list": READS,
    "import report": DEEDS["Import/GetReport"],
    "import check": "judges and changes nothing",
    "import approve": ("Import/DecideRun",),
    "import reject": ("Import/DecideRun",),
    "import merges": READS,
    "import unmerge": ("Import/UndoMerge",),
    "mail list": READS,
    "mail preview": READS,
    "statistics compute": ("Statistics/Compute",),
    "audit verify": READS,
    "audit show": READS,
    "config show": READS,
    "config check": READS,
}


def tries(deed, action):
    """Says of a test that it fails when the deed leaves no such entry."""
    assert action in DEEDS[deed]
    return lambda test: test
