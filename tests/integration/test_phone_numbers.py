"""The table of French numbers (common/domain/phone_plan.def) against the living libphonenumber, block by block: docs/decisions/0026."""

import os
import pathlib
import subprocess

import pytest

from peers.site import ROOT

MODULES = pathlib.Path(os.environ.get("PREAU_TEST_WEB", ROOT / ".dev/test-web")) / "node_modules"
LIVING = ROOT / "tests/peers/numbers/living.js"
ENDS = ("0", "9")
# Mobiles to us and not, or not yet, to the library: ARCEP keeps these blocks for mobiles, and opens them part by part. An SMS goes to a
# number that the school knows; one that is refused for a block that was opened last month is a family that is kept out.
OPENED_BY_PARTS = {"590": ("691",), "594": ("694",), "262": ("639", "693")}
# Numbers of the library's that are another one to us, or none, and none of them a mobile:
OTHERWISE = {
    # The library counts 0263 and 0269 in +33 and in +262, 0596 in +33 and in +596; ARCEP's plan has them in La Réunion, Mayotte and
    # Martinique. 0508 and six digits is how Saint-Pierre-et-Miquelon is dialled.
    "33": ("263", "269", "508", "596"),
    "687": ("050",),  # toll free; a zero after a country code is one that was left by mistake
}
IN_FRANCE = ("33", "590", "594", "596", "262")  # dialled there by ten digits


def ours(numbers):
    build = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build")).resolve()
    done = subprocess.run([build / "tests/unit/domain/phone-tool"], input="".join(f"{one}\n" for one in numbers), text=True,
                          capture_output=True, check=True, timeout=120)
    answers = [tuple(line.split()) if line != "-" else None for line in done.stdout.splitlines()]
    assert len(answers) == len(numbers)
    return answers


def living(verb, numbers=()):
    done = subprocess.run(["node", LIVING, MODULES, verb], input="".join(f"{one}\n" for one in numbers), text=True,
                          capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def plans():
    """{country code: {national number: letter}}: both ends of all blocks of five digits, of all lengths that a plan has."""
    found = {}
    for line in living("plans"):
        code, length, letters = line.split()
        depth = min(5, int(length))
        ends = ENDS if depth < int(length) else ("",)
        numbers = [f"{block:0{depth}}" + end * (int(length) - depth) for block in range(10 ** depth) for end in ends]
        assert len(numbers) == len(letters)
        found.setdefault(code, {}).update(zip(numbers, letters))
    assert set(found) == {"33", "590", "594", "596", "262", "508", "681", "687", "689"}
    return found


def blocks(numbers):
    """The first digits of what differs, few enough to be read."""
    return sorted({number[:6] for number in numbers})[:40]


def test_both_ends_of_each_block_are_of_one_kind(plans):
    """Else a pattern of the library looks further than five digits, and the comparison with it."""
    for code, numbers in plans.items():
        for number, letter in numbers.items():
            if len(number) > 5 and number[5] == ENDS[0]:
                twin = number[:5] + ENDS[1] * (len(number) - 5)
                assert numbers[twin] == letter, (code, number, letter, numbers[twin])


@pytest.mark.parametrize("code", ["33", "590", "594", "596", "262", "508", "681", "687", "689"])
def test_a_plan_is_what_the_living_library_knows(plans, code):
    """Written with the plan's own code. What is no number of the library's is kept when it has the right length, as AAF delivers it, and
    no SMS goes there."""
    asked = list(plans[code])
    answers = dict(zip(asked, ours([f"+{code}{number}" for number in asked])))
    moved = [number for number, answer in answers.items() if plans[code][number] != "-" and (answer is None or answer[0] != f"+{code}{number}")
             and not (plans[code][number] == "F" and number.startswith(OTHERWISE.get(code, ("x",))))]
    assert not moved, f"+{code}: no number, or another, of ours: {blocks(moved)}"
    unknown = [number for number, answer in answers.items() if plans[code][number] in "MB" and answer[1] != "mobile"]
    assert not unknown, f"+{code}: mobiles that are none to us: {blocks(unknown)}"
    invented = [number for number, answer in answers.items()
                if answer and answer[1] == "mobile" and answer[0] == f"+{code}{number}" and plans[code][number] not in "MB"
                and not number.startswith(OPENED_BY_PARTS.get(code, ("x",)))]
    assert not invented, f"+{code}: mobiles to us alone: {blocks(invented)}"


def test_ten_digits_dialled_in_france_are_of_a_plan_that_has_them(plans):
    """0690… is Guadeloupe's, whatever country the library is told that it is dialled in. Numbers of several plans (080…, 09…) are no mobiles."""
    owners = {}
    for code in IN_FRANCE:
        for number, letter in plans[code].items():
            if len(number) == 9 and letter != "-":
                owners.setdefault(number, {})[code] = letter
    assert all(len(letters) == 1 or set(letters.values()) == {"F"} for letters in owners.values())
    asked = sorted(number for number in plans["33"] if len(number) == 9)
    parts = {number for code, starts in OPENED_BY_PARTS.items() for number in asked if number.startswith(starts)}
    for written in ("0", "+33", "0033"):
        answers = dict(zip(asked, ours([written + number for number in asked])))
        wrong = [number for number, codes in owners.items()
                 if not number.startswith(OTHERWISE["33"])
                 and (answers[number] is None or answers[number][0] not in [f"+{code}{number}" for code in codes])]
        assert not wrong, f"{written}…: {blocks(wrong)}"
        kinds = [number for number, answer in answers.items() if answer and answer[0][1:] in [f"{code}{number}" for code in IN_FRANCE]
                 and (answer[1] == "mobile") != ("M" in owners.get(number, {}).values()) and number not in parts]
        assert not kinds, f"{written}…: {blocks(kinds)}"


SPELLINGS = {
    "spaces": lambda code, number: f"+{code} " + " ".join(number),
    "pairs": lambda code, number: f"+{code} " + " ".join(number[i:i + 2] for i in range(0, len(number), 2)),
    "dots": lambda code, number: f"+{code}." + ".".join(number[i:i + 2] for i in range(0, len(number), 2)),
    "dashes": lambda code, number: f"+{code}-" + "-".join(number[i:i + 3] for i in range(0, len(number), 3)),
    "no-break spaces": lambda code, number: f"+{code}\u00a0" + "\u00a0".join(number[i:i + 2] for i in range(0, len(number), 2)),
    "narrow no-break spaces": lambda code, number: f"+{code}\u202f" + "\u202f".join(number[i:i + 2] for i in range(0, len(number), 2)),
    "parentheses": lambda code, number: f"+{code} ({number[:3]}) {number[3:]}",
    "00": lambda code, number: f"00{code}{number}",
    "00 and spaces": lambda code, number: f"00 {code} {number[:3]} {number[3:]}",
}
TO_US_ALONE = ("narrow no-break spaces",)  # French typography has them; the library reads them not
WITH_ZERO = {  # a zero that is dialled in France alone, in plans where no number begins with one
    "+ and 0": lambda code, number: f"+{code} 0{number}",
    "+ and (0)": lambda code, number: f"+{code} (0){number}",
    "00 and 0": lambda code, number: f"00{code}0{number}",
}


def test_a_number_is_the_same_however_it_is_written(plans):
    asked = []
    for code, numbers in plans.items():
        mobiles = {number[:3]: number for number, letter in numbers.items() if letter in "MB"}
        for number in mobiles.values():
            ways = {**SPELLINGS, **(WITH_ZERO if len(number) == 9 else {})}
            asked += [(f"+{code}{number}", name, way(code, number)) for name, way in ways.items()]
    answers, theirs = ours([text for _, _, text in asked]), living("read", [text for _, _, text in asked])
    assert len(asked) > 300
    wrong = [(*one, answer) for one, answer in zip(asked, answers) if answer != (one[0], "mobile")]
    assert not wrong, wrong[:10]
    others = [(*one, their) for one, their in zip(asked, theirs) if their != one[0] and one[1] not in TO_US_ALONE]
    assert not others, others[:10]
