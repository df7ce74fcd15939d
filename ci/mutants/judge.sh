# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Who killed a mutant: its own test, and nothing weaker. For the stage and for the suite
# in the guest.

head_of() { sed -n "s/^$2: //p" "$1" | head -n 1; } # patch, word

# The tests of a file: result lines, or those one level down in KTAP, as result lines.
results_of() {
	if grep -q '^ *KTAP version' "$1"; then
		sed -nE 's/^    ((not )?ok) [0-9]+ ([^ ].*)$/\1 \3/p' "$1"
	else
		grep -E '^((not )?ok|skip) ' "$1"
	fi
}

# verdict FILE PATCH [control]: why this run proves nothing, or nothing. With the bug in,
# the test named "expect" fails, for the reason "says" if there is one, and no other does
# but those that "also" allows. The control, without the bug, has to pass all, that test
# among them.
verdict() {
	[ -s "$1" ] || { echo "no result"; return; }
	results_of "$1" | awk \
		-v want="$(head_of "$2" expect)" -v says="$(head_of "$2" says)" \
		-v also="$(head_of "$2" also)" -v control="${3:-}" '
		{
			bad = sub(/^not ok /, "")
			sub(/^(ok|skip) /, "")
			own = $1 == want || index($1, want ".") == 1
			if (own && !bad) passed++
			if (!bad) next
			if (!own || control) { if (control || !also || $1 !~ also) other = $0; next }
			failed++
			if (says && $0 !~ says) { strange = $0; failed-- }
		}
		END {
			if (other) print "fails as well: " other
			else if (control && !passed) print "no result of " want
			else if (control) exit
			else if (strange) print "fails for another reason: " strange
			else if (!failed && !passed) print "no result of " want
			else if (!failed) print want " passes with the bug in"
		}'
}
