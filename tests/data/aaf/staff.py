"""Staff of schools and services: one head each, teachers, and people who work at several places."""

from dataclasses import dataclass

from . import contacts, families, names
from .chance import pick, seed_of, stream
from .grammar2d import SUBJECTS

HEAD_1D = "DIR$DIRECTION D'ECOLE$0001$DIRECTEUR D'ECOLE"
HEAD_2D = "DIR$DIRECTION$0001$PRINCIPAL OU PROVISEUR"
TEACHER = "ENS$ENSEIGNEMENT$0002$ENSEIGNANT"
OTHERS_2D = ("EDU$EDUCATION$0003$CONSEILLER PRINCIPAL D'EDUCATION", "DOC$DOCUMENTATION$0004$PROFESSEUR DOCUMENTALISTE",
             "AED$ASSISTANCE EDUCATIVE$0005$ASSISTANT D'EDUCATION", "ADF$PERSONNELS ADMINISTRATIFS$0006$SECRETAIRE",
             "-$SANS OBJET$-$SANS OBJET")
PSYCHOLOGIST = "PSY$PSYCHOLOGUE$0007$PSYCHOLOGUE DE L'EDUCATION NATIONALE"
SERVICE = "ADF$PERSONNELS ADMINISTRATIFS$0008$GESTIONNAIRE"
GENERATIONS = 15  # persons who may follow each other in one post
SLOTS = 128


@dataclass(slots=True)
class Member:
    id: int
    school: object
    schools: list  # numbers of all places of work
    title: str
    name: str
    first: str
    birth: tuple
    mail: str
    function: str
    subject: str
    classes: list
    head: bool
    teaches: bool
    attached: bool


class Posts:
    """Who holds each post of a sector on a day: now and then someone follows someone else."""

    def __init__(self, options, the_plan, sector):
        self.options, self.plan, self.sector = options, the_plan, sector

    def change(self, day):
        """(school, slot) where someone new begins on this day; None when nobody does."""
        if day < 1 or not self.plan.events or not self.sector.schools:
            return None
        draw = seed_of(self.options.seed, self.plan.academy, "post", self.sector.number, day)
        school = self.sector.schools[draw % len(self.sector.schools)]
        return school, (draw >> 16) % min(school.staff, SLOTS)

    def members(self, place, day):
        """The staff of a school or service on this day, by number."""
        follow = {}
        for one in range(1, day + 1):
            change = self.change(one)
            if change and change[0] is place:
                follow[change[1]] = min(follow.get(change[1], 0) + 1, GENERATIONS)
        count = min(place.staff, SLOTS) if place.is_school else 2
        return sorted((self.member(place, slot, follow.get(slot, 0)) for slot in range(count)), key=lambda one: one.id)

    def member(self, place, slot, generation):
        rng = stream(self.options.seed, self.plan.academy, "staff", place.number, slot, generation)
        number = self.plan.first_staff_id(place.number) + generation * SLOTS + slot
        sex = "F" if rng.random() < (0.8 if place.degree == 1 else 0.6) else "M"
        name, first = names.civil(rng, names.birth_name(rng)), names.first_name(rng, sex)
        function, subject = duty(place, slot, rng)
        schools = [place.id]
        if slot > 2 and rng.random() < 0.06:
            other = pick(rng, [one for one in self.sector.schools if one.degree == place.degree])
            schools += [other.id] if other.id != place.id else []
        classes = [one.label for entries in place.classes.values() for one in entries]
        return Member(
            number, place, schools, "Mme" if sex == "F" else "M.", name, first,
            families.draw_birth(rng, self.options.population_year - 24 - int(rng.random() * 40)),
            contacts.mail(rng, first, name, 10**12 + number * 100 + self.plan.academy).lower(), function, subject,
            sorted(rng.sample(classes, min(3, len(classes)))) if place.degree == 2 and function == TEACHER else [],
            head=function in (HEAD_1D, HEAD_2D), teaches=function == TEACHER,
            attached=slot == 0 or rng.random() < (0.9 if place.degree == 1 else 0.7))


def duty(place, slot, rng):
    """(function, subject) of a post; the first of a school is its head's."""
    if not place.is_school:
        return (PSYCHOLOGIST if slot else SERVICE), ""
    if slot == 0:
        return (HEAD_1D if place.degree == 1 else HEAD_2D), ""
    if place.degree == 2 and slot <= len(OTHERS_2D):
        return OTHERS_2D[slot - 1], ""
    code, label = pick(rng, SUBJECTS) if place.degree == 2 else ("0", "SANS SPECIALITE")
    return TEACHER, f"{code}${label}"
