# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Shared by the stages that boot a kernel of ci/kernel.

# boot KERNEL NAME SECONDS APPEND PART...   SECONDS: of a stock kernel, as ci/host/guest-test
boot() {
	kernel=$1 name=$2 seconds=$3 append=$4
	shift 4
	if KERNEL=$kernel ci/host/guest-test "$name" "$seconds" --disk 256 --append "$append" -- \
		ci/guest/suites/debug "$@"; then
		echo "ok $kernel.$name.no-report" >>"$RESULTS"
	else
		echo "not ok $kernel.$name.no-report - the kernel complained or the run broke, see build/$kernel/vm-$name" \
			>>"$RESULTS"
	fi
}

# ready KERNEL: built, and modules for it
ready() {
	if ! ci/lab-run ci/kernel --cached "$1" >/dev/null; then
		if [ "$1" != debug ] && [ -z "${FULL:-}" ]; then
			echo "skip $1 - not in the cache; ci/test --full builds it" >>"$RESULTS"
			return 1
		fi
		ci/kernel "$1" || { echo "not ok $1.kernel - does not build" >>"$RESULTS"; return 1; }
	fi
	ci/build "$1" || { echo "not ok $1.modules - do not build" >>"$RESULTS"; return 1; }
}
