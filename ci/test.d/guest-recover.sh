#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # variables of guest-lib.sh
# The card goes away and comes back: resets by others, errors of the bus, hot removal,
# sleep, another kernel. usage, in a guest: guest-recover.sh PART...

given_up_lines() { log_since | grep -c 'hifn795x.*\(given up\|does not answer\)'; }

# card_count PATH [CARD]: a counter of vcard, such as commands.ctxram-write
card_count() { hostcmd count "${2:-0}" "$1"; }

# serves NAME: the card does its work right, itself.
serves() {
	before=$(card_commands)
	check "$1.works-again" "wrong or lost requests" shapes_ok only=in-place
	n=$(($(card_commands) - before))
	check "$1.card-again" "the card ran $n commands; $(log_since | grep hifn | tail -n 1)" [ $n -gt 0 ]
}

# given_up_once NAME: the card is not used any more, which was said once.
given_up_once() {
	n=$(given_up_lines)
	check "$1.one-message" "$n messages" [ "$n" = 1 ]
	check "$1.state" "$(driver_stat state)" state_is dead
	check "$1.cpu-serves" "wrong or lost requests" shapes_ok only=in-place
}

rebind() {
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	# refused if the card was taken away meanwhile
	echo "$address" 2>/dev/null >/sys/bus/pci/drivers/hifn795x/bind
}

# --- load: a volume written and verified over and over, until load_stop --------------------

load_start() {
	rm -f /tmp/load.stop /tmp/load.bad /tmp/load.rounds
	open_plain aes-cbc-essiv:sha256 256 4096
	while [ ! -e /tmp/load.stop ]; do
		fio_verify "${load_mib:-8}" || last_line >/tmp/load.bad
		echo >>/tmp/load.rounds
	done &
	load_pid=$!
}

load_stop() { # name: one result for all of it
	touch /tmp/load.stop
	wait $load_pid
	check "$1.io-verified" "$(cat /tmp/load.bad 2>/dev/null)" [ ! -e /tmp/load.bad ]
	echo "$1: $(wc -l </tmp/load.rounds) rounds of ${load_mib:-8} MiB"
	cryptsetup close v
}

# under_load NAME ROUNDS COMMAND...: the command that often while the volume is busy
under_load() {
	load_name=$1 rounds=$2 failed=0
	shift 2
	load_start
	round=0
	while [ $round -lt "$rounds" ]; do
		sleep 0.3
		"$@" || failed=$((failed + 1))
		round=$((round + 1))
	done
	load_stop "$load_name"
	check "$load_name.rounds" "$failed of $rounds failed" [ $failed = 0 ]
}

# --- resets by others ------------------------------------------------------------------

pci_reset() { echo 1 >"/sys/bus/pci/devices/$(card)/reset"; }

reset_tests() {
	log_mark
	before=$(card_count commands.ctxram-write)
	under_load recover.reset 5 pci_reset
	n=$(($(card_count commands.ctxram-write) - before))
	check recover.reset.wiped "$n context RAM writes, not 4096 in each of 5 rounds" [ $n = 20480 ]
	check recover.reset.quiet "$(given_up_lines) times" [ "$(given_up_lines)" = 0 ]
	serves recover.reset
	# A card that was given up gets a new chance with the slot's reset.
	log_mark
	fault gone
	shapes_ok only=in-place
	wait_for 10 state_is dead
	given_up_once recover.reset.of-dead
	no_faults
	pci_reset
	serves recover.reset.of-dead
	# One that comes back sealed is given up.
	log_mark
	fault locked
	pci_reset
	given_up_once recover.reset.sealed
	no_faults
	rebind
	serves recover.reset.sealed
	stuck_in_test
	slow_stop
	bad_result_in_stop
}

# Struck in the self-test after the reset, by a command behind the 4096 that wipe the
# card: tested once more.
stuck_in_test() {
	resets=$(driver_stat resets)
	fault stuck:4100
	pci_reset
	n=$(($(driver_stat resets) - resets))
	check recover.reset.in-test.reset "$n resets" [ $n -ge 1 ]
	check recover.reset.in-test.state "$(driver_stat state)" state_is up
	no_faults
	serves recover.reset.in-test
}

in_flight_over() { [ "$(driver_stat in_flight)" -gt "$1" ]; }

# Stopped under more work than the card does in the time it gets, which is 10 s; it goes
# on all the while, so that the watchdog, which waits for 2 s, has nothing to say.
slow_stop() {
	log_mark
	fault slow:200000
	shapes_ok only=flood-no-backlog &
	flood=$!
	check recover.reset.slow.busy "$(driver_stat in_flight) in flight" wait_for 20 in_flight_over 60
	pci_reset
	check recover.reset.slow.told "no message" log_has 'hifn795x.*jobs still on the card after 10000 ms: they go to the CPU'
	no_faults
	wait $flood
	flooded=$?
	check recover.reset.slow.data "wrong or lost requests" [ $flooded = 0 ]
	serves recover.reset.slow
}

# A bad result while the card is being stopped: what it says afterwards is not trusted.
bad_result_in_stop() {
	resets=$(driver_stat resets)
	fault slow:50000
	shapes_ok only=flood-no-backlog &
	flood=$!
	check recover.reset.bad.busy "$(driver_stat in_flight) in flight" wait_for 20 in_flight_over 40
	fault overrun:10
	pci_reset
	n=$(($(driver_stat resets) - resets))
	check recover.reset.bad.reset "$n resets" [ $n -ge 1 ]
	no_faults
	wait $flood
	flooded=$?
	check recover.reset.bad.data "wrong or lost requests" [ $flooded = 0 ]
	serves recover.reset.bad
}

# --- what comes back from a reset of the driver's own --------------------------------------

# comes_back NAME FAULT VERDICT: the card gets stuck, and its reset meets the fault.
comes_back() {
	log_mark
	resets=$(driver_stat resets)
	fault "$2"
	fault stuck:5
	check "recover.returns.$1.data" "wrong or lost requests" shapes_ok only=flood-no-backlog
	wait_for 20 state_is "$3"
	[ "$3" = up ] || given_up_once "recover.returns.$1"
	n=$(card_count "faults.${2%%:*}")
	check "recover.returns.$1.struck" "$n times" [ "$n" -ge 1 ]
	n=$(($(driver_stat resets) - resets))
	check "recover.returns.$1.reset" "$n resets" [ $n -ge 1 ]
	no_faults
	[ "$3" = up ] || rebind
	serves "recover.returns.$1"
}

# A card that stood still for longer than the watchdog's time, and goes on by itself: not
# reset.
stands_still() {
	resets=$(driver_stat resets) late=$(driver_stat late)
	fault slow:20000
	shapes_ok only=flood-no-backlog &
	flood=$!
	for round in 1 2 3; do
		check recover.still.$round.busy "$(driver_stat in_flight) in flight" wait_for 20 in_flight_over 20
		hostcmd card-pause 0 1000
	done
	no_faults
	wait $flood
	flooded=$?
	check recover.still.data "wrong or lost requests" [ $flooded = 0 ]
	n=$(($(driver_stat late) - late))
	check recover.still.late "the card was late $n times" [ $n -ge 1 ]
	n=$(($(driver_stat resets) - resets))
	check recover.still.no-reset "$n resets" [ $n = 0 ]
	serves recover.still
}

returns_tests() {
	unload
	load timeout_ms=300
	stands_still
	comes_back locked back-locked:1 up
	comes_back slow slow-reset:5000 up
	comes_back sealed back-sealed:1 dead
	check recover.returns.sealed.says "no reason" log_has 'given up: its ciphers stay locked'
	comes_back too-slow slow-reset dead
	check recover.returns.too-slow.says "no reason" log_has 'given up: its processing unit'
	comes_back pll pll-stuck dead
	check recover.returns.pll.says "no reason" log_has 'given up: no good result'
}

# --- two cards -------------------------------------------------------------------------------

# One gets stuck now and then, at last at every command: its work goes to the other.
two_tests() {
	unload
	load timeout_ms=300
	fault stuck%300
	load_start
	for round in 1 2; do
		check "recover.two.at-rate.$round" "wrong or lost requests" shapes_ok only=regression-5-13-flood
	done
	n=$(card_count faults.stuck)
	check recover.two.struck "$n times" [ "$n" -ge 3 ]
	log_mark
	fault stuck%1
	shapes_ok only=regression-5-13-flood
	shapes_ok only=regression-5-13-flood
	check recover.two.given-up "$(given_up_lines) messages" wait_for 20 log_has 'hifn0: given up'
	no_faults
	before=$(card_commands 1) first=$(card_commands 0)
	check recover.two.goes-on "wrong or lost requests" shapes_ok only=regression-5-13-flood
	n=$(($(card_commands 1) - before))
	check recover.two.other-card "it ran $n commands" [ $n -gt 0 ]
	n=$(($(card_commands 0) - first))
	check recover.two.not-this-card "it ran $n commands" [ $n = 0 ]
	load_stop recover.two
}

# --- errors of the bus -----------------------------------------------------------------

# inject ERROR: by QEMU, at the root port; the kernel resets what is behind it.
inject() {
	hostcmd qmp "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\
\"pcie_aer_inject_error port0 $1\"}}" >/tmp/inject
}

recovered_lines() { log_since | grep -c 'device recovery successful'; }
failed_lines() { log_since | grep -c 'device recovery failed'; }

aer_round() { # ERROR, which strikes while the card works
	was=$(recovered_lines)
	wait_for 20 in_flight_over 0 || return 1
	inject "$1"
	wait_for 20 sh -c "[ \$(dmesg | tail -n +$((log_from + 1)) | grep -c 'recovery successful') -gt $was ]"
}

aer_tests() {
	fault slow:5000
	load_mib=2 # slow as the card is
	for error in DLP COMP_TIME; do
		log_mark
		cnfg=$(card_count mmio.write.CNFG) resets=$(driver_stat resets)
		under_load "recover.aer.$error" 3 aer_round $error
		cnfg=$(($(card_count mmio.write.CNFG) - cnfg))
		resets=$(($(driver_stat resets) - resets))
		n=$(log_since | grep -c 'hifn795x.*error of the bus')
		check "recover.aer.$error.told" "$n errors were told, $(cat /tmp/inject)" [ "$n" = 3 ]
		check "recover.aer.$error.quiet" "$(given_up_lines) times" [ "$(given_up_lines)" = 0 ]
		serves "recover.aer.$error"
	done
	load_mib=
	# COMP_TIME leaves a bus that works: it is not left to a reset by others to stop the
	# card. Stopping it makes three writes, starting it four.
	no_faults
	wanted=$((7 * (3 + resets)))
	check recover.aer.stopped "$cnfg writes of CNFG in 3 rounds and $resets resets, not $wanted" \
		[ "$cnfg" -ge $wanted ]
	aer_fails
	aer_lost
	aer_unannounced
}

# Bit 10 of the command register: the card may not raise its interrupt.
intx_off() { [ $(($(setpci -s "$(card)" COMMAND.w | sed 's/^/0x/') & 0x400)) != 0 ]; }

# bus_step STEP: of the recovery, by hand; $answer as in enum pci_ers_result
bus_step() {
	answer=none
	insmod $modules/drivers/tests/pci_error.ko device="$(card)" step="$1" || return
	answer=$(cat /sys/module/pci_error/parameters/result)
	rmmod pci_error
}

# The bus has failed for good: given up with one message, and a rebind helps.
aer_lost() {
	log_mark
	load_start
	check recover.aer.lost.busy "$(driver_stat in_flight) in flight" wait_for 20 in_flight_over 0
	bus_step lost
	check recover.aer.lost.disconnect "the answer was $answer" [ "$answer" = 4 ]
	check recover.aer.lost.intx-off "it may still raise its interrupt" intx_off
	load_stop recover.aer.lost
	check recover.aer.lost.says "no reason" log_has 'given up: its bus has failed for good'
	given_up_once recover.aer.lost
	rebind
	serves recover.aer.lost
}

# The slot of a card that was bound after the error is reset: it was never told, and has
# lost its state.
aer_unannounced() {
	load_start
	check recover.aer.unannounced.busy "$(driver_stat in_flight) in flight" wait_for 20 in_flight_over 0
	bus_step reset
	check recover.aer.unannounced.recovered "the answer was $answer" [ "$answer" = 5 ]
	bus_step resume
	check recover.aer.unannounced.resumed "the answer was $answer" [ "$answer" = 0 ]
	load_stop recover.aer.unannounced
	check recover.aer.unannounced.state "$(driver_stat state)" state_is up
	serves recover.aer.unannounced
}

# The slot's reset does not help: given up with one message, and a rebind helps.
aer_fails() {
	log_mark
	fault locked
	inject DLP
	wait_for 20 sh -c "dmesg | tail -n +$((log_from + 1)) | grep -q 'recovery failed'"
	check recover.aer.fails.kernel "no failed recovery" [ "$(failed_lines)" = 1 ]
	given_up_once recover.aer.fails
	no_faults
	rebind
	serves recover.aer.fails
}

# --- hot removal -------------------------------------------------------------------------

present() { [ -n "$(lspci -d 13a3: 2>/dev/null)" ] || grep -qs 0x13a3 /sys/bus/pci/devices/*/vendor; }
absent() { ! present; }

# Through QEMU's monitor: the guest is asked to let go first.
swap_card() {
	hostcmd card-del 0 >/dev/null && wait_for 30 absent && sleep 0.3 &&
		hostcmd card-add 0 >/dev/null
}

swap() { swap_card && wait_for 60 state_is up; }

# Pulled out without a word, then the empty slot is noticed, then it comes back.
snatch() {
	hostcmd card-kill 0 >/dev/null && sleep 1 &&
		hostcmd card-del 0 >/dev/null && wait_for 30 absent &&
		hostcmd card-start 0 >/dev/null && hostcmd card-add 0 >/dev/null &&
		wait_for 60 state_is up
}

# Asked to go while something is going on.
swap_during() { # command in the background
	"$@" &
	busy=$!
	sleep "0.0$round"
	swap
	swapped=$?
	wait $busy
	return $swapped
}

hotplug_tests() {
	log_mark
	under_load recover.hotplug 3 swap
	serves recover.hotplug
	under_load recover.snatch 3 snatch
	serves recover.snatch
	under_load recover.swap-in-reset 3 swap_during pci_reset
	serves recover.swap-in-reset
	under_load recover.swap-in-probe 3 swap_during rebind
	serves recover.swap-in-probe
	small_bars
	hotplug_esp
}

# Something else behind the card's IDs: refused by name, and the card itself comes back.
small_bars() {
	address=$(card)
	log_mark
	fault small-bars
	swap_card
	check recover.small-bars.told "$(log_since | tail -n 1)" \
		wait_for 30 log_has 'hifn795x.*BAR0 is 2048 bytes of memory, need 4096'
	check recover.small-bars.not-bound "bound" not_bound
	enabled=$(cat "/sys/bus/pci/devices/$address/enable")
	check recover.small-bars.nothing-left "enabled $enabled times" [ "$enabled" = 0 ]
	no_faults
	check recover.small-bars.back "not bound" swap
	serves recover.small-bars
}

# The same under ESP between two namespaces: no datagram lost, none wrong.
hotplug_esp() {
	esp_up sha1-aes || { not_ok recover.hotplug.esp "no tunnel"; return; }
	for how in swap snatch; do
		failed=0
		esp_traffic_start
		for round in 1 2 3; do
			$how || failed=$((failed + 1))
			sleep 0.5
		done
		esp_traffic_stop
		check "recover.$how.esp.rounds" "$failed of 3 failed" [ $failed = 0 ]
		check "recover.$how.esp.none-lost" "$esp_lost of $esp_sent" [ "$esp_lost" = 0 ]
		check "recover.$how.esp.none-wrong" "$esp_wrong of $esp_sent" [ "$esp_wrong" = 0 ]
		check "recover.$how.esp.traffic" "$esp_answered answered" [ "$esp_answered" -gt 100 ]
		echo "recover.$how.esp: $esp_answered datagrams, longest stall $esp_stall_ms ms"
	done
	esp_down
}

# --- sleep -------------------------------------------------------------------------------

# The kernel takes all devices through suspend and resume, without power management.
pm_test() { # what, as in /sys/power/state
	echo 1 >/sys/module/suspend/parameters/pm_test_delay
	echo devices >/sys/power/pm_test
	sh -c "echo $1 >/sys/power/state"
	sleep_status=$?
	echo none >/sys/power/pm_test
	return $sleep_status
}

# For real: the machine sleeps, its devices lose their state, the clock wakes it.
real_sleep() {
	touch /run/slept # tells process 1
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +4 >/sys/class/rtc/rtc0/wakealarm
	echo deep >/sys/power/mem_sleep && sh -c 'echo mem >/sys/power/state'
}

# An image of the memory is written to the disk and restored over the running kernel.
hibernate() {
	mkswap /dev/scratch >/dev/null && swapon /dev/scratch || return 1
	echo test_resume >/sys/power/disk
	sh -c 'echo disk >/sys/power/state'
	sleep_status=$?
	swapoff /dev/scratch
	return $sleep_status
}

sleeps() { # NAME COMMAND...
	name=recover.sleep.$1
	shift
	log_mark
	before=$(card_count commands.ctxram-write)
	check "$name" "$(log_since | tail -n 2)" "$@"
	n=$(($(card_count commands.ctxram-write) - before))
	check "$name.wiped" "$n context RAM writes" [ $n -ge 4096 ]
	check "$name.state" "$(driver_stat state)" state_is up
	check "$name.quiet" "$(given_up_lines) times" [ "$(given_up_lines)" = 0 ]
	serves "$name"
}

# key_file's, in the card's memories
key_in_card() {
	hostcmd card-memory-find 0 "$(printf 'b4%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16):$(
		printf 'ff%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)"
}

sleep_forgets() {
	open_plain aes-cbc-plain64 256 4096
	check_fio recover.sleep.forgets.io fio_verify 1
	check recover.sleep.forgets.before "the search finds no key" [ "$(key_in_card)" -gt 0 ]
	pm_test mem
	check recover.sleep.forgets.after "$(key_in_card) pieces of the key" [ "$(key_in_card)" = 0 ]
	cryptsetup close v
}

sleep_tests() {
	sleep_forgets
	sleeps freeze pm_test freeze
	sleeps mem pm_test mem
	sleeps deep real_sleep
	sleeps hibernate hibernate
	under_load recover.sleep.under-load 3 pm_test mem
	serves recover.sleep.under-load
	sleep_returns locked back-locked:4 up
	sleep_returns gone gone:100 dead
	sleep_returns sealed back-sealed:3 dead
}

# What the card is like after the sleep. It vanishes at the 100th command of the wipe;
# resets are that of the stop, two of the wipe, that of the start.
sleep_returns() { # NAME FAULT STATE
	log_mark
	fault "$2"
	pm_test mem
	if [ "$3" = up ]; then
		check "recover.sleep.$1.state" "$(driver_stat state)" state_is up
	else
		given_up_once "recover.sleep.$1"
	fi
	n=$(card_count "faults.${2%:*}")
	check "recover.sleep.$1.struck" "$n times" [ "$n" -ge 1 ]
	no_faults
	[ "$3" = up ] || rebind
	serves "recover.sleep.$1"
}

# --- another kernel ----------------------------------------------------------------------

# In the first kernel: into the second one while the card is busy, as a crash of
# nobody would: devices are shut down, tasks are not asked.
kexec_tests() {
	[ ! -e /out/second-kernel ] || return 0
	kexec -l "/src/build/boot-$kernel/vmlinuz" --initrd="/src/build/boot-$kernel/initrd" --reuse-cmdline || {
		not_ok recover.kexec "the kernel cannot be loaded"
		return
	}
	load_mib=64 load_start
	sleep 2
	check recover.kexec.busy "no job in flight" wait_for 20 in_flight_over 0
	check recover.kexec.engines-on "the card's counters show none" [ "$(card_count state.engines)" -gt 0 ]
	touch /out/second-kernel
	sync
	kexec -e
	not_ok recover.kexec "still in the first kernel"
}

# In the second one: the card was left without DMA, and serves again.
second_kernel_tests() {
	check recover.kexec.engines-off "$engines on" [ "$engines" = 0 ]
	check recover.kexec.no-bus-master "it is on" [ "$master" = 0 ]
	serves recover.kexec
	# left to the power-off, with the card busy; the host looks at what it finds
	load_start
	sleep 1
	exit 0
}

# --- parts -----------------------------------------------------------------------------

# The guest's shares (9p) do not survive its sleep. What is needed is copied, and the
# shares are let go of until the end.
pack() {
	mkdir -p /run/copy
	cp -r --parents /src/ci /run/copy
	cp --parents $modules/crypto/acf.ko $modules/crypto/tests/acf_test.ko \
		$modules/drivers/hifn795x.ko /run/copy
}

leave_shares() {
	umount /src /out || return 1
	shares=
	for share in /sys/bus/virtio/drivers/9pnet_virtio/virtio*; do
		shares="$shares ${share##*/}"
		echo "${share##*/}" >/sys/bus/virtio/drivers/9pnet_virtio/unbind
	done
	mount --bind /run/copy/src /src
}

back_to_shares() {
	umount /src
	for share in $shares; do echo "$share" >/sys/bus/virtio/drivers/9pnet_virtio/bind; done
	mount -t 9p -o trans=virtio,version=9p2000.L,ro src /src
	mount -t 9p -o trans=virtio,version=9p2000.L out /out
}

run_parts() {
	. /src/ci/test.d/guest-lib.sh
	. /src/ci/test.d/guest-dmcrypt.sh
	. /src/ci/test.d/guest-faults.sh
	. /src/ci/test.d/guest-esp.sh
	modprobe -a dm_mod dm_crypt xts essiv des_generic ecb cbc loop 2>/dev/null
	engines=$(card_count state.engines) master=$(card_count state.bus_master)
	no_kernel_tests
	load
	[ ! -e /out/second-kernel ] || set -- second_kernel
	for part; do echo "part $part"; "${part}_tests"; done
	check "recover.unload.$1" "modules still loaded" unload
}

case $0:$* in
/run/*)
	export RESULTS=/run/results
	leave_shares || exit 1
	run_parts "$@"
	back_to_shares
	cat /run/results >>/out/results
	;;
*:sleep)
	. /src/ci/test.d/guest-lib.sh
	pack
	exec sh /run/copy/src/ci/test.d/guest-recover.sh sleep
	;;
*) run_parts "$@" ;;
esac
