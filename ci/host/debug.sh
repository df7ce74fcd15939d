# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Shared by the stages that boot a kernel of ci/kernel.

# boot KERNEL NAME SECONDS APPEND [iterations=N] PART...   SECONDS: of a stock kernel, as
# ci/host/guest-test. The results begin with the name.
boot() {
	boot_kernel=$1 boot_name=$2 boot_seconds=$3 boot_append=$4
	shift 4
	PART_PREFIX=$boot_name.
	export PART_PREFIX
	wanted report "$@" || return 0
	KERNEL=$boot_kernel ci/host/guest-test "debug-$boot_name" "$boot_seconds" --disk 256 \
		--append "$boot_append" -- ci/guest/suites/debug "$@"
	boot_status=$?
	part report check no-report \
		"the kernel complained or the run broke, see build/failed" \
		[ $boot_status = 0 ]
}
