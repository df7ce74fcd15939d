# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The results of a stage, as KTAP in the file $RESULTS: a subtest per part, whose plan is
# the list of its tests in ci/judges/expected/$STAGE, so that what does not run is missed.
# For stages, which have the checkout as working directory, and for suites in a guest.
#
#   part NAME COMMAND...       the command makes the results of that part; a part inside
#                              another is none of its own
#   ok NAME, not_ok NAME REASON, skip NAME REASON
#   check NAME REASON COMMAND...   passes if the command does
#   import PREFIX <LINES       "ok NAME", "not ok NAME - REASON", "skip NAME - REASON"
#
#   wanted PART...             is one of these to run?
#
# A reader of KTAP takes a test named as its subtest for the subtest's end, so that these
# are called "part NAME".
#
# $STAGE names the stage, $PART_PREFIX begins the names of all parts and tests (the same suite
# twice in a stage), $ONLY lists the parts to run, all if empty, $LEFT_OUT those of another
# lane. The running part's results are in $RESULTS.part as well.
# Documentation/dev-tools/ktap.rst of the kernel says what a line may look like.

[ -d /src/ci/judges ] && ktap_expected=/src/ci/judges/expected || ktap_expected=ci/judges/expected

ktap_plan() { # part
	awk -v part="[$1]" '/^\[/ { in_it = $1 == part; found = found || in_it; next }
		in_it && NF && !/^#/ { n++ } END { if (found) print "    1.." n + 0 }' \
		"$ktap_expected/${STAGE:-none}" 2>/dev/null
}

wanted() {
	for ktap_name; do
		ktap_name=${PART_PREFIX:-}$ktap_name
		case " ${LEFT_OUT:-} " in *" $ktap_name "*) continue ;; esac
		case " ${ONLY:-$ktap_name} " in *" $ktap_name "*) return 0 ;; esac
	done
	return 1
}

part() {
	if [ -e "$RESULTS.part" ]; then # inside another: its results are that one's
		shift
		"$@"
		return
	fi
	wanted "$1" || return 0
	ktap_open "${PART_PREFIX:-}$1"
	shift
	"$@"
	case $? in
	126 | 127) not_ok "$(ktap_part).command" "$1 cannot be run" ;;
	esac
	ktap_close
}

# The open part: its name is the first line of its file, results follow.
ktap_part() { head -n 1 "$RESULTS.part"; }

ktap_open() { # part
	echo "$1" >"$RESULTS.part"
	{
		echo "    KTAP version 1"
		echo "    # Subtest: part $1"
		ktap_plan "$1"
	} >>"$RESULTS"
}

# What is said outside of every part belongs to a part that is in no plan.
ktap_result() { # "ok" or "not ok", name, what follows it
	[ -e "$RESULTS.part" ] || ktap_open "${PART_PREFIX:-}outside-of-parts"
	ktap_line="$1 $(wc -l <"$RESULTS.part") $2$3"
	echo "$ktap_line" >>"$RESULTS.part"
	echo "    $ktap_line" >>"$RESULTS"
}

ktap_close() {
	ktap_verdict=ok
	! grep -q '^not ok' "$RESULTS.part" || ktap_verdict='not ok'
	echo "$ktap_verdict $(($(grep -cE '^(not )?ok ' "$RESULTS") + 1)) part $(ktap_part)" >>"$RESULTS"
	rm -f "$RESULTS.part"
}

ok() {
	ktap_result ok "${PART_PREFIX:-}$1" ''
	echo "ok ${PART_PREFIX:-}$1"
}

not_ok() {
	ktap_result 'not ok' "${PART_PREFIX:-}$1" " # ${2:-no reason}"
	echo "not ok ${PART_PREFIX:-}$1 - ${2:-}"
}

skip() {
	ktap_result ok "${PART_PREFIX:-}$1" " # SKIP $2"
	echo "skip ${PART_PREFIX:-}$1 - $2"
}

check() {
	check_name=$1 reason=$2
	shift 2
	if "$@"; then ok "$check_name"; else not_ok "$check_name" "$reason"; fi
}

# Reads lines and prints those that did not pass. The lines of a program that broke may be
# anything: others are left out, and then missed.
import() { # prefix
	[ -e "$RESULTS.part" ] || ktap_open "${PART_PREFIX:-}outside-of-parts"
	awk -v prefix="${PART_PREFIX:-}$1" -v n="$(wc -l <"$RESULTS.part")" '
		function name(from) {
			sub(from, "")
			reason = ""
			if ((i = index($0, " - "))) {
				reason = substr($0, i + 3)
				$0 = substr($0, 1, i - 1)
			}
			return prefix $0
		}
		/^ok / { print "ok " n++ " " name("^ok ") }
		/^not ok / { t = name("^not ok "); print "not ok " n++ " " t " # " reason }
		/^skip / { t = name("^skip "); print "ok " n++ " " t " # SKIP " reason }' \
		>"$RESULTS.import"
	grep -vE '^ok [0-9]+ [^#]*$' "$RESULTS.import"
	cat "$RESULTS.import" >>"$RESULTS.part"
	sed 's/^/    /' "$RESULTS.import" >>"$RESULTS"
	[ -s "$RESULTS.import" ]
}
