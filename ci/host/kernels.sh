# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The lab's kernels in results: of which package a result is, and which ones the archive
# had not. For stages with ci/guest/lib/ktap.sh, in the lab or outside of it.
versions=/run/lab-versions
[ -e $versions ] || versions=$(ci/lab --path)/versions

# 6.12 of 6.12.118+deb13-amd64: tests of one series keep their names.
series_of() { echo "$1" | cut -d. -f1,2; }

# The series with headers that ci/recipe/kernels names, oldest first.
all_series() {
	sed -nE 's/^(oldest|stock|headers|newest) ([0-9]+\.[0-9]+)\..*/\2/p' ci/recipe/kernels | sort -Vu
}

# The lab's kernel of a series or of a role; nothing if the archive had none.
kernel_of_series() { sed -n 's/^headers //p' "$versions" | tr ' ' '\n' | grep "^${1%.*}\.${1#*.}\."; }
kernel_of_role() { sed -n "s/^kernel.$1 //p" "$versions"; }

# "NAME (package VERSION)": what a result was got with
package_of() { sed -n "s/^package \($1\) \(.*\)/\1 (package \2)/p" "$versions"; }

# shellcheck disable=SC2034 # for the stages
no_kernel="the archive had no such kernel when the lab was built (ci/recipe/kernels, ci/lab --pin)"

# All tests of the stage's plan whose parts begin like that.
skip_planned() { # beginning of parts, reason
	sed 's/ # SKIP .*//' "ci/judges/expected/$STAGE" | while read -r planned; do
		case $planned in
		"[$1"*) planned=${planned#\[} && planned_part=${planned%%\]*} && echo "part $planned_part" ;;
		\[*) planned_part= ;;
		'' | '#'*) ;;
		*) [ -z "$planned_part" ] || echo "test $planned" ;;
		esac
	done >"$RESULTS.planned"
	for planned_part in $(sed -n 's/^part //p' "$RESULTS.planned"); do
		PART_PREFIX='' part "$planned_part" skip_part "$planned_part" "$2"
	done
}

skip_part() { # part, reason
	awk -v part="part $1" '/^part / { in_it = $0 == part; next } in_it { print $2 }' "$RESULTS.planned" |
	while read -r planned; do skip "$planned" "$2"; done
}

# What the archive has beyond the kernels that are tested is one skipped test.
newer_kernels() { # name of the test
	newer=$(sed -n 's/^newer //p' "$versions" | tr '\n' ' ')
	if [ -z "$newer" ]; then
		ok "$1"
	else
		skip "$1" "in the archive, not in ci/recipe/kernels (ci/lab --pin): $newer"
	fi
}
