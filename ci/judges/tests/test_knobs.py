# SPDX-License-Identifier: BSD-2-Clause
"""The comparison of knobs notices what is missing, changed, or no longer there."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import knobs  # noqa: E402

SOURCE = '''	[VC_K_LEVEL] = { "level", "the level", {
		{ "told", "as it is", MODEL },
		{ "blank", "says \\"0\\"",
		  "Linux never reads it" } } },
'''
TABLE = knobs.HEAD + '''
|---|---|---|---|
| `level`: the level | `told` | as it is | the model |
|  | `blank` | says "0" | Linux never reads it |

'''


def test_same():
    assert knobs.differences(SOURCE, TABLE) == []


def test_value_not_documented():
    more = SOURCE.replace("} } },", '},\n		{ "other", "x", "invented" } } },')
    assert knobs.differences(more, TABLE) == [
        "docs/reference/vcard.md lacks: |  | `other` | x | invented |"]


def test_value_gone():
    less = SOURCE.replace(''',
		{ "blank", "says \\"0\\"",
		  "Linux never reads it" }''', "")
    assert len(knobs.differences(less, TABLE)) == 1


DOCTOR = '''	{ { "level", "a remedy" },
	  "unlock", "", "" },
/* Knobs that cost the card nothing: other
 * more. */
'''


def test_knobs_in_doctors_table():
    both = SOURCE + SOURCE.replace("LEVEL", "OTHER").replace('"level"', '"other"')
    assert knobs.undoctored(both, DOCTOR) == [
        "tools/hifnctl/doctor_silicon.c names more, which is no knob"]
    assert knobs.undoctored(both, DOCTOR.replace("other\n * more", "level")) == [
        "tools/hifnctl/doctor_silicon.c does not name the knob other",
        "tools/hifnctl/doctor_silicon.c names level twice"]


def test_no_table():
    assert len(knobs.differences(SOURCE, "# vcard\n")) == 2
