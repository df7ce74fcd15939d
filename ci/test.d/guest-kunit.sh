#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The KUnit suites, in a guest whose kernel has KUnit and was booted with kunit.enable=1.
# acf's own run twice: with a queue that can be filled quickly, and with a queue of one.
#
# usage: guest-kunit.sh [ROUNDS]   of the suites that submit from several threads (1)
. /src/ci/test.d/guest-lib.sh

unload # the suites load acf themselves
kunit=/sys/kernel/debug/kunit
failslab=/sys/kernel/debug/failslab
# The suite acf_nomem fails allocations that may sleep, one by one, and without a trace
# in the log for each.
if [ -d $failslab ]; then
	echo N >$failslab/ignore-gfp-wait
	echo 0 >$failslab/verbose
fi

# insmod sleeps while a case runs, and each wait of a case has a limit of its own.
echo 600 >/proc/sys/kernel/hung_task_timeout_secs

# One result per case of every suite that the last module brought, as PREFIX.SUITE.CASE.
kunit_results() { # prefix, module
	found=$(for f in $kunit/*/results; do
		[ -e "$f" ] || continue
		suite=$(basename "$(dirname "$f")")
		sed -n "s/^    \(ok\|not ok\) [0-9]* \([a-z0-9_]*\)$/\1 $1.$suite.\2/p
			s/^    \(ok\|not ok\) [0-9]* \([a-z0-9_]*\) # SKIP */skip $1.$suite.\2 - /p" "$f" |
			sed "s/^not ok .*/& - see the guest's log/"
	done)
	if [ -n "$found" ]; then
		echo "$found" | tee -a "$RESULTS"
	else
		not_ok "$1.$2" "no result: is kunit.enable=1 on the kernel's command line?"
	fi
}

kunit_run() { # prefix, module, its parameters
	prefix=$1 file=$2
	shift 2
	name=$(basename "$file" .ko)
	if insmod "$file" "$@"; then
		kunit_results "$prefix" "$name"
		rmmod "$name"
	else
		not_ok "$prefix.$name" "the module does not load"
	fi
}

# The first suites of a load of acf wait for the kernel's own self-tests.
kunit_acf() { # prefix, queue_len
	insmod $modules/crypto/acf.ko queue_len="$2" || { not_ok "$1" "acf does not load"; return; }
	kunit_run "$1" $modules/crypto/tests/acf_engine_kunit.ko queue_len="$2"
	rmmod acf || not_ok "$1.unload" "acf is still in use"
}

for file in $modules/drivers/tests/*_kunit.ko $modules/crypto/tests/acf_vec_kunit.ko; do
	kunit_run kunit "$file"
done
for round in $(seq "${1:-1}"); do
	suffix=
	[ "$round" = 1 ] || suffix=-$round
	kunit_acf "kunit$suffix" 8
	kunit_acf "kunit-queue1$suffix" 1
done
