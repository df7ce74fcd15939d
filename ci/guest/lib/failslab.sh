# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# Allocations that fail: one by one in probe and in a request's life, and the proof that
# the data path makes none. For kernels with fault injection.

fail=/sys/kernel/debug
python=/src/ci/guest/py/failnth.py

# Quiet; allocations that may wait fail as well; user pages do not.
failslab_setup() {
	for kind in failslab fail_page_alloc; do
		echo 0 >$fail/$kind/verbose
		echo N >$fail/$kind/ignore-gfp-wait
	done
	echo Y >$fail/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$fail/fail_page_alloc/min-order
}

results_of() { # command...
	"$@" 2>&1 | tee /tmp/failnth.log
	import '' </tmp/failnth.log >/dev/null ||
		not_ok failnth "$1 said no result: $(tail -n 1 /tmp/failnth.log)"
}

# Every allocation of the life of a transform and of its request.
failslab_crypto() {
	modprobe -a algif_skcipher algif_hash algif_aead
	results_of $python crypto
}

# ACPICA, which the kernel asks for the card's interrupt, loses count of its objects when
# an allocation of its own fails, and uses a freed one later (6.12,
# acpi_ns_get_attached_object): that question is spared.
spare_acpica() {
	grep -q ' acpi_pci_irq_enable$' /proc/kallsyms || return 0
	range=$(sort /proc/kallsyms | grep -A 1 ' acpi_pci_irq_enable$' | cut -d' ' -f1 | tr '\n' ' ')
	for kind in failslab fail_page_alloc; do
		echo 32 >$fail/$kind/stacktrace-depth
		echo "0x${range%% *}" >$fail/$kind/reject-start
		echo "0x$(echo "$range" | cut -d' ' -f2)" >$fail/$kind/reject-end
	done
}

# Allocations of probe, self-tests included: every one, or TIMES of them.
failslab_probe() { # [times]
	spare_acpica
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	results_of $python write /sys/bus/pci/drivers/hifn795x/bind "$address" "$@"
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	check failnth.probe.binds-again "no card bound" bound
	fail_nothing
}

# The text of a module becomes the range that callers are looked for in.
fail_range() { # require or reject, module
	start=$(cat "/sys/module/$2/sections/.text")
	echo "$start" >$fail/$kind/"$1"-start
	# beyond what the shell can count to
	python3 -c "print(hex($start + 0x40000))" >$fail/$kind/"$1"-end
}

# Everything that allocates below a function of acf or of the driver fails, always;
# "times" counts down with each. What dm-crypt allocates when its request completes
# is its own.
fail_below() { # module [module whose callees are spared]
	for kind in failslab fail_page_alloc; do
		echo 0 >$fail/$kind/probability
		fail_range require "$1"
		[ -z "${2:-}" ] || fail_range reject "$2"
		echo 32 >$fail/$kind/stacktrace-depth
		echo 1000000 >$fail/$kind/times
		echo 100 >$fail/$kind/probability
	done
}

fail_nothing() {
	for kind in failslab fail_page_alloc; do
		echo 0 >$fail/$kind/probability
		for range in require-start reject-start reject-end; do
			echo 0 >$fail/$kind/$range
		done
		echo 0xffffffffffffffff >$fail/$kind/require-end
	done
}

failed_below() {
	echo $((2000000 - $(cat $fail/failslab/times) - $(cat $fail/fail_page_alloc/times)))
}

# Memory in pieces: nothing of more than one page for the driver, nor for what acf and the kernel
# allocate for it, while the card is bound.
failslab_pieces() {
	address=$(card)
	kind=fail_page_alloc
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo 1 >$fail/$kind/min-order
	fail_range require hifn795x
	echo 32 >$fail/$kind/stacktrace-depth
	echo 1000000 >$fail/$kind/times
	echo 100 >$fail/$kind/probability
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	n=$((1000000 - $(cat $fail/$kind/times)))
	fail_nothing
	echo 0 >$fail/$kind/min-order
	check failslab.pieces.bound "no card bound" bound
	check failslab.pieces.state "$(driver_stat state)" state_is up
	check failslab.pieces.asked "none of more than a page was asked for: the test sees nothing" [ "$n" -gt 0 ]
	on_card_mark
	check failslab.pieces.data "wrong or lost requests" shapes_ok alg='cbc(aes)' only=in-place
	on_card failslab.pieces.on-card aes-cbc:10
}

# Submissions: acf_fuzz makes them and looks at each.
failslab_submit() {
	unload
	FUZZ_COUNT=1000 fuzz_fail_nth
	load
}

# Completions: a volume that is open takes I/O without one allocation in acf or the
# driver, below whose stack dm-crypt is not.
failslab_data_path() {
	open_plain aes-cbc-essiv:sha256 256 4096
	for module in acf hifn795x; do
		before=$(card_commands)
		fail_below $module dm_crypt
		check_fio "failslab.data-path.$module.io" fio_verify 4
		fail_nothing
		n=$(failed_below)
		check "failslab.data-path.$module.no-allocation" "$n allocations were asked for" [ "$n" = 0 ]
		n=$(($(card_commands) - before))
		check "failslab.data-path.$module.by-card" "the card ran $n commands" [ $n -gt 1000 ]
	done
	cryptsetup close v
	# The same net catches something: a volume that is being opened sets keys.
	fail_below acf
	if open_plain aes-cbc-essiv:sha256 256 4096 2>/dev/null; then
		not_ok failslab.setkey "a volume opened although every allocation of acf failed"
		cryptsetup close v
	else
		ok failslab.setkey
	fi
	fail_nothing
	n=$(failed_below)
	check failslab.setkey.failed "no allocation failed" [ "$n" -gt 0 ]
}
