# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# Functions of the kernel that fail for acf and for the driver, where no card and no lack
# of memory makes them (fail_call.ko): what they had done before is undone, the log names
# the reason, and the next attempt succeeds.
# Needs dmcrypt.sh and the modules loaded, and leaves them loaded.

# failing PARAMETERS -- COMMAND...: the command while the function fails
failing() {
	parameters='' failing_status='' failed_calls=0
	while [ "$1" != -- ]; do
		parameters="$parameters $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words
	insmod $modules/crypto/tests/fail_call.ko $parameters || return
	"$@" 2>/tmp/failing
	failing_status=$?
	failed_calls=$(cat /sys/module/fail_call/parameters/failed)
	rmmod fail_call
	return $failing_status
}

# What probe takes and has to give back: the regions, the IRQ, the card's own enabling.
probe_leftovers() {
	grep -l hifn795x /proc/iomem
	grep -l hifn /proc/interrupts
	cat /sys/bus/pci/devices/"$1"/enable | grep -v '^0$'
}

# call_refused NAME MESSAGE PARAMETERS: probe fails with the message, leaves nothing
call_refused() {
	name=$1 message=$2
	shift 2
	address=$(card)
	unload
	insmod $modules/crypto/acf.ko policy=card
	log_mark
	failing caller=hifn795x "$@" -- insmod $modules/drivers/hifn795x.ko
	check "failcall.$name" "the card was bound, or no call failed" \
		[ -z "$(card)" -a "$failing_status" = 0 -a "$failed_calls" -ge 1 ]
	check "failcall.$name.message" "no message like '$message'" log_has "$message"
	left=$(probe_leftovers "$address")
	check "failcall.$name.nothing-left" "$left" [ -z "$left" ]
	unload
	load
	check "failcall.$name.again" "no card bound" bound
}

# init_refused NAME WORDS PARAMETERS: the driver is not loaded at all, for that reason
init_refused() {
	name=$1 words=$2
	shift 2
	failing caller=hifn795x "$@" -- insmod $modules/drivers/hifn795x.ko
	check "failcall.$name" "it was loaded, or no call failed" \
		[ "$failing_status" != 0 -a "$failed_calls" -ge 1 ]
	check "failcall.$name.reason" "$(tail -n 1 /tmp/failing)" grep -q "$words\$" /tmp/failing
	check "failcall.$name.nothing-left" "its debugfs directory" [ ! -e /sys/kernel/debug/hifn795x ]
}

failcall_init() {
	unload
	insmod $modules/crypto/acf.ko policy=card
	init_refused workqueue 'Cannot allocate memory' symbol=alloc_workqueue result=0
	init_refused register 'Cannot allocate memory' symbol=__pci_register_driver result=-12
	unload
	load
	check failcall.init.again "no card bound" bound
}

failcall_probe() {
	call_refused enable 'hifn795x.*cannot enable the card \(-5\)' symbol=pci_enable_device_mem
	call_refused dma-mask 'hifn795x.*no 32-bit DMA on this machine \(-5\)' symbol=dma_set_mask
	call_refused regions 'hifn795x.*registers are in use by another driver' \
		symbol=pci_request_regions result=-16
	call_refused map-bar0 'hifn795x.*cannot map the registers' symbol=pci_iomap result=0
	call_refused map-bar1 'hifn795x.*cannot map the registers' symbol=pci_iomap result=0 after=1
	call_refused irq 'hifn795x.*cannot get interrupt' symbol=request_threaded_irq result=-16
}

# No random numbers are no reason to refuse the card.
failcall_hwrng() {
	unload
	insmod $modules/crypto/acf.ko policy=card
	log_mark
	failing caller=hifn795x symbol=hwrng_register result=-17 -- insmod $modules/drivers/hifn795x.ko
	check failcall.hwrng.bound "the card was refused" bound
	check failcall.hwrng.message "no message" log_has 'cannot be registered \(-17\): no random numbers'
	check failcall.hwrng.unload "modules still loaded" unload
	load
}

# The kernel's own ciphers are not there, as in an initramfs that lacks them: ours on top
# of them are not registered, and are offered again with the next card.
failcall_twin() {
	unload
	insmod $modules/crypto/acf.ko policy=card
	log_mark
	failing caller=acf symbol=crypto_alloc_skcipher result=-2 -- insmod $modules/drivers/hifn795x.ko
	n=$(crypto_ours | wc -l)
	check failcall.twin.without "$n driver names of 10" [ "$n" = 10 ]
	check failcall.twin.message "no message" log_has 'acf: cbc-aes-acf is not registered: .* \(-2\)'
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	n=$(crypto_ours | wc -l)
	check failcall.twin.again "$n driver names of 23" [ "$n" = 23 ]
}

# The kernel's own tests find an algorithm wrong that passed ours.
failcall_selftest() {
	unload
	insmod $modules/crypto/acf.ko policy=card
	log_mark
	failing symbol=alg_test result=-22 -- insmod $modules/drivers/hifn795x.ko
	n=$(log_since | grep -c "acf: .*-acf has not passed the kernel's self-test and is not used")
	check failcall.selftest.message "$n messages for 23 algorithms" [ "$n" = 23 ]
	n=$(crypto_tested)
	check failcall.selftest.unused "$n are in use" [ "$n" = 0 ]
	check failcall.selftest.unload "modules still loaded" unload
	load
}

# The software a key falls back on refuses it: no key, and the transform takes the next.
failcall_setkey() {
	failing caller=acf symbol=crypto_skcipher_setkey result=-22 -- open_plain aes-cbc-plain64 256 4096
	check failcall.setkey "a volume was opened, or no call failed" \
		[ "$failing_status" != 0 -a "$failed_calls" -ge 1 ]
	check failcall.setkey.again "no volume" open_plain aes-cbc-plain64 256 4096
	cryptsetup close v
}

# After a reset by somebody else no memory is left to test the card: given up, in those
# words; binding it again helps.
failcall_restart() {
	address=$(card)
	log_mark
	failing caller=hifn795x symbol=acf_engine_start result=-12 -- \
		sh -c "echo 1 >/sys/bus/pci/devices/$address/reset"
	check failcall.restart.tried "no call failed" [ "$failed_calls" -ge 1 ]
	check failcall.restart.state "$(driver_stat state)" wait_for 60 state_is dead
	check failcall.restart.message "no message" \
		log_has 'hifn795x.*given up: there is no memory to test it'
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	check failcall.restart.again "$(driver_stat state)" [ "$(driver_stat state)" = up ]
}

acf_state() { cat "/sys/class/acf/$1/state"; }
acf_state_is() { [ "$(acf_state "$1")" = "$2" ]; }

# The first allocation of an engine fails: the driver stops what acf never set up.
failcall_no_memory() {
	address=$(card)
	unload
	insmod $modules/crypto/acf.ko policy=card
	log_mark
	failing caller=acf symbol=__kvmalloc_node_noprof result=0 -- insmod $modules/drivers/hifn795x.ko
	check failcall.no-memory "the card was bound, or no call failed" \
		[ -z "$(card)" -a "$failing_status" = 0 -a "$failed_calls" -ge 1 ]
	check failcall.no-memory.state "$(acf_state "$address")" acf_state_is "$address" failed
	left=$(probe_leftovers "$address")
	check failcall.no-memory.nothing-left "$left" [ -z "$left" ]
	unload
	load
	check failcall.no-memory.again "no card bound" bound
}

# A card that does not answer is noticed as it is stopped, and asks for a reset that never begins. When it
# is back that is no reason to keep work from it.
failcall_reset_not_begun() {
	address=$(card)
	place=/sys/class/acf/$address
	log_mark
	hostcmd fault 0 gone >/dev/null
	failing caller=hifn795x symbol=queue_work_on result=0 -- sh -c "echo 0 >$place/online"
	hostcmd faults-clear 0 >/dev/null
	check failcall.not-begun.asked "no call failed" [ "$failed_calls" -ge 1 ]
	check failcall.not-begun.message "no message" log_has 'hifn795x.*the card is gone'
	echo 1 >"/sys/bus/pci/devices/$address/reset"
	echo 1 2>/dev/null >"$place/online"
	check failcall.not-begun.serves "$(acf_state "$address")" acf_state_is "$address" serving
}

failcall_tests() {
	if [ "${MACHINE:-}" = uml ]; then
		skip failcall "User-Mode Linux has no ftrace"
		return
	fi
	failcall_init
	failcall_probe
	failcall_no_memory
	failcall_restart
	failcall_reset_not_begun
	failcall_hwrng
	failcall_twin
	failcall_selftest
	failcall_setkey
}
