"""How often each thing happens. Documented rates are those of the AAF reference (samples of 2018 and 2020)."""

from dataclasses import dataclass, field, fields, replace


def rate(value, meaning):
    return field(default=value, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Rates:
    mail_1d: float = rate(0.32, "1D guardian has a mail (documented)")
    mail_2d: float = rate(0.58, "2D legal guardian has a mail (documented)")
    mail_contact: float = rate(0.10, "2D contact has a mail (documented)")
    mobile_1d: float = rate(0.76, "1D guardian has a mobile (documented)")
    mobile_2d: float = rate(0.97, "2D guardian has a mobile (documented)")
    home_1d: float = rate(0.13, "1D guardian has a home number (documented)")
    home_2d: float = rate(0.66, "2D guardian has a home number (documented)")
    work_1d: float = rate(0.09, "1D guardian has a work number (documented)")
    work_2d: float = rate(0.50, "2D guardian has a work number (documented)")
    sms_2d: float = rate(0.17, "2D guardian has ENTPersonMobileSMS (documented)")
    address: float = rate(0.90, "2D guardian has an address (documented)")
    postcode_1d: float = rate(0.97, "1D guardian has a postal code (documented)")
    title: float = rate(0.995, "guardian has a title (documented)")
    pupil_mail_2d: float = rate(0.35, "2D pupil has a mail")
    shared_mail: float = rate(0.065, "couple shares one mail (documented)")
    shared_mobile: float = rate(0.08, "couple shares one mobile (documented)")
    wrong_mail: float = rate(0.02, "a mail is mistyped")
    odd_phone: float = rate(0.02, "a number has an odd shape (documented)")
    foreign_phone: float = rate(0.006, "a number is of another country")
    overseas_phone: float = rate(0.006, "a number is of an overseas department (in one of them: most)")
    no_link_1d: float = rate(0.005, "1D pupil without any guardian")
    no_link_2d: float = rate(0.042, "2D pupil without any guardian (documented, with no_family)")
    single: float = rate(0.06, "one legal parent only")
    separated: float = rate(0.22, "parents at two addresses")
    same_sex: float = rate(0.02, "two mothers or two fathers")
    guardianship: float = rate(0.012, "a guardian who is no parent: tuteur, ASE, grandparent, sibling ...")
    contact: float = rate(0.30, "family names a contact without responsibility (documented)")
    in_charge: float = rate(0.02, "family names a person in charge (new code 2)")
    no_right: float = rate(0.01, "second parent without any responsibility")
    adult_self: float = rate(0.60, "an adult pupil is their own guardian (lien 70)")
    twice_linked: float = rate(0.004, "the same guardian twice on one pupil, with other flags")
    twins: float = rate(0.03, "the next child is a twin")
    homonyms: float = rate(0.01, "family bears the names of another one")
    double_entry: float = rate(0.10, "guardian with children in two schools of one degree has a record for each")
    differing: float = rate(0.20, "second record of a guardian differs by mail, mobile or spelling")
    border: float = rate(0.002, "family has children in two academies")
    late: float = rate(0.09, "child is a year late")
    private: float = rate(0.15, "school is private")
    school_moves: float = rate(0, "school has another UAI from one day to the next: a new one, or that of another school")

    def with_changes(self, texts):
        """`name=value` texts, hyphens allowed in names; ValueError names what is wrong."""
        known = {one.name for one in fields(self)}
        changes = {}
        for text in texts:
            name, _, value = text.partition("=")
            name = name.strip().replace("-", "_")
            if name not in known:
                raise ValueError(f"no rate is called {name}; see --list")
            changes[name] = float(value)
            if not 0 <= changes[name] <= 1:
                raise ValueError(f"rate {name} must be between 0 and 1")
        return replace(self, **changes)


def rate_lines():
    return [f"{one.name.replace('_', '-'):16} {one.default:<7g} {one.metadata['meaning']}" for one in fields(Rates)]
