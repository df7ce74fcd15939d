# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# The card misbehaves; the driver recovers, or refuses with a message.

fault() { [ "$(hostcmd fault 0 "$1")" = ok ] || not_ok "fault.$1" "the card refuses the fault"; }
no_faults() { hostcmd faults-clear 0 >/dev/null; }

# Regression 5: nothing is reported done that the card is still working on.
slow_card() {
	fault slow:400
	shapes regression-5-slow-card only=regression-5
	no_faults
}

# None arrives: the one after it would tell of a result whose own is lost. Three keys of two
# requests each are too few for the card to be polled from then on.
lost_interrupt() {
	check fault.lost-irq.open "irq is $(driver_stat irq)" interrupts_again
	before=$(driver_stat lost_irq)
	fault lost-irq%1
	check fault.lost-irq.data "wrong or lost requests" \
		shapes_ok alg='=cbc(aes)' only=in-place rounds=2
	no_faults
	after=$(driver_stat lost_irq)
	check fault.lost-irq.counted "lost_irq went from $before to $after" [ "$after" -gt "$before" ]
}

# A card that stops in the middle is reset; what it held runs on the CPU.
recovers() { # name, fault
	resets=$(driver_stat resets)
	fault "$2"
	check "fault.$1.data" "wrong or lost requests" shapes_ok alg='cbc(aes)' only=regression-5-13-flood
	no_faults
	n=$(($(driver_stat resets) - resets))
	check "fault.$1.reset" "$n resets" [ $n -ge 1 ]
	on_card_mark
	check "fault.$1.works-again" "wrong or lost requests" shapes_ok only=in-place
	# shellcheck disable=SC2086 # words
	on_card "fault.$1.card-again" $on_card_ciphers
}

result_missing() {
	before=$(driver_stat result_none)
	fault no-result:3
	check fault.no-result.data "wrong or lost requests" shapes_ok only=in-place
	no_faults
	after=$(driver_stat result_none)
	check fault.no-result.counted "result_none went from $before to $after" [ "$after" -gt "$before" ]
}

# A card that is wrong after a reset never serves: what it could not do and what waited is
# the CPU's.
wrong_after_reset() {
	hostcmd reset-counters 0 >/dev/null
	wrong=$(acf_check wrong) doubtful=$(acf_check doubtful)
	fault back-wrong%1
	fault stuck:20
	log_mark
	check fault.wrong-after-reset.data "wrong or lost requests" shapes_ok alg='cbc(aes)' only=flood-no-backlog
	n=$(hostcmd count 0 faults.back-wrong)
	check fault.wrong-after-reset.struck "$n resets were followed by wrong data" [ "$n" -ge 1 ]
	no_faults
	# each of its results would have been found wrong from the first block on
	n=$(($(acf_check wrong) - wrong + $(acf_check doubtful) - doubtful))
	check fault.wrong-after-reset.not-served "$n results of it came as far as the comparison" [ "$n" = 0 ]
	check fault.wrong-after-reset.message "no message" \
		log_has 'known answers, 8 at once, before it serves'
	check fault.wrong-after-reset.state "$(driver_stat state)" [ "$(driver_stat state)" = dead ]
	unload
	load
}

# Good jobs in between do not make a card that fails one in 60 a good one.
resets_run_out() {
	unload
	load resets=4
	fault overrun%60
	lost=
	log_mark
	for _ in $(seq 20); do
		shapes_ok alg='cbc(aes)' only=flood-no-backlog || lost=yes
		[ "$(driver_stat state)" != dead ] || break
	done
	no_faults
	check fault.bucket.data "wrong or lost requests" [ -z "$lost" ]
	check fault.bucket.given-up "no message" log_has 'it needs a reset again and again'
	n=$(driver_stat resets)
	check fault.bucket.resets "$n resets" [ "$n" = 5 ]
	n=$(log_since | grep -c hifn795x)
	check fault.bucket.few-messages "$n lines in the log" [ "$n" -le 30 ]
	unload
	load
}

# A task that never sleeps on the interrupt's CPU, and precedes the thread that completes:
# another does, elsewhere. In User-Mode Linux interrupts go to the first CPU.
late_completer() {
	if [ "$(nproc)" -lt 2 ]; then
		skip fault.late-completer.counted "one CPU"
		skip fault.late-completer.goes-on "one CPU"
		return
	fi
	irq=$(cat "/sys/bus/pci/devices/$(card)/irq")
	echo 0 >"/proc/irq/$irq/smp_affinity_list" 2>/dev/null
	shapes_ok only=in-place
	runtime=$(cat /proc/sys/kernel/sched_rt_runtime_us)
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
	for file in /sys/kernel/debug/sched/*_server/cpu*/runtime; do
		[ ! -e "$file" ] || echo 0 >"$file"
	done
	insmod $modules/crypto/tests/acf_bench.ko
	before=$(driver_stat late_completers)
	touch /tmp/hog
	taskset -c 0 chrt -f 50 sh -c 'while [ -e /tmp/hog ]; do :; done' &
	hog=$!
	taskset -c 1 sh -c 'sleep 0.5; echo "cbc-aes-acf 16 4096 8 2000" >/sys/kernel/debug/acf_bench/run'
	n=$(sed 's/.*"done":\([0-9]*\).*/\1/' /sys/kernel/debug/acf_bench/run)
	late=$(($(driver_stat late_completers) - before))
	rm -f /tmp/hog
	wait $hog
	echo "$runtime" >/proc/sys/kernel/sched_rt_runtime_us
	rmmod acf_bench
	check fault.late-completer.counted "$late times" [ "$late" -gt 0 ]
	check fault.late-completer.goes-on "$n requests, 8 at a time" [ "$n" -gt 16 ]
}

# A card that hangs at every command is given up after three resets in vain.
given_up() {
	unload
	load timeout_ms=500
	fault stuck%1
	log_mark
	check fault.given-up.data "wrong or lost requests" shapes_ok only=flood-no-backlog
	check fault.given-up.state "state is $(driver_stat state)" wait_for 60 state_is dead
	no_faults
	check fault.given-up.message "no message" log_has 'hifn795x.*given up'
	address=$(card)
	echo "$address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$address" >/sys/bus/pci/drivers/hifn795x/bind
	check fault.given-up.rebind "$(driver_stat state)" [ "$(driver_stat state)" = up ]
	unload
	load
}

# requests_of BYTES [MS]: requests of that length for a second, or MS
requests_of() {
	insmod $modules/crypto/tests/acf_bench.ko
	echo "cbc-aes-acf 16 $1 8 ${2:-1000}" >/sys/kernel/debug/acf_bench/run
	rmmod acf_bench
}

# A card that stands still at every long request, and does all others: after two resets these are
# copied, after two more they are the CPU's, and others do not wait for the card to come back again
# and again.
shape_barred() {
	unload
	load timeout_ms=1000
	hostcmd reset-counters 0 >/dev/null
	fault wedge
	log_mark
	for _ in $(seq 60); do
		requests_of 4096
		[ "$(driver_stat barred)" -lt 2 ] || break
	done
	n=$(hostcmd count 0 faults.wedge)
	# what was prepared before is still given to it
	check fault.shape.struck "$n times" [ "$n" -ge 4 -a "$n" -le 12 ]
	check fault.shape.barred "$(driver_stat barred) shapes, $(driver_stat resets) resets" \
		[ "$(driver_stat barred)" = 2 -a "$(driver_stat resets)" -ge "$n" ]
	m=$(log_since | grep -c 'two resets for cbc(aes), encipher, .* 4096 to 8191 bytes')
	check fault.shape.says "said $m times" [ "$m" = 2 ]
	wait_for 60 serving # the last reset may not have ended
	by_cpu=$(acf_cpu 'cbc(aes)' shape)
	requests_of 4096 200
	m=$(hostcmd count 0 faults.wedge)
	check fault.shape.not-given "$m times, of $n before" [ "$m" = "$n" ]
	by_cpu=$(($(acf_cpu 'cbc(aes)' shape) - by_cpu))
	check fault.shape.by-cpu "$by_cpu requests" [ "$by_cpu" -gt 0 ]
	on_card_mark
	requests_of 512
	on_card fault.shape.others-on-card aes-cbc:50
	no_faults
	unload
	load
}

fault_tests() {
	slow_card
	lost_interrupt
	recovers stuck stuck:5
	recovers abort abort:5
	result_missing
	shape_barred
	given_up
	no_interrupts
	late_completer
	wrong_after_reset
	resets_run_out
	card_gone
}

# All registers read all ones: the card is given up once, and the CPU goes on.
card_gone() {
	open_plain aes-cbc-plain64 256 4096
	log_mark
	hostcmd reset-counters 0 >/dev/null
	fault gone:100
	fio_verify 8
	status=$?
	n=$(hostcmd count 0 faults.gone)
	check fault.gone.at-work "the card went $n times" [ "$n" = 1 ]
	check_fio fault.gone.io-goes-on [ $status = 0 ]
	sleep 3
	check fault.gone.message "no message" log_has 'hifn795x.*does not answer'
	n=$(log_since | grep -c hifn795x)
	check fault.gone.few-messages "$n lines in the log" [ "$n" -le 6 ]
	cryptsetup close v
	check fault.gone.unload "modules still loaded" unload
	no_faults
	load
	check fault.gone.returns "no card bound" bound
}

# probe_refused NAME FAULT MESSAGE [module parameters]
probe_refused() {
	name=$1 spec=$2 message=$3
	shift 3
	unload
	log_mark
	[ "$spec" = none ] || fault "$spec"
	load "$@" 2>/dev/null
	no_faults
	check "refusal.$name" "the card was bound" not_bound
	check "refusal.$name.message" "no message like '$message'" log_has "$message"
	unload
}

# irq_is MODE: within two minutes.
irq_is() {
	for _ in $(seq 240); do
		[ "$(driver_stat irq)" != "$1" ] || return 0
		sleep 0.5
	done
	return 1
}

# A card that is polled tries its interrupts again, as long as it has work. The user ends by
# itself: nobody can end a module that is being loaded.
interrupts_again() {
	[ "$(driver_stat irq)" != open ] || return 0
	touch /run/no-irq
	(while [ -e /run/no-irq ]; do shapes_ok only=in-place || exit; done) &
	user=$!
	irq_is open
	opened=$?
	rm /run/no-irq
	wait $user
	return $opened
}

# A card none of whose interrupts arrives is polled, which it says once, and serves. It is
# tried again later, and has its interrupts back once they arrive.
no_interrupts() {
	unload
	log_mark
	fault no-irq
	load
	check no-irq.bound "no card bound" bound
	n=$(log_since | grep -c 'acf: .*self-test passed')
	check no-irq.selftests "$n of 23 algorithms passed" [ "$n" = 23 ]
	check no-irq.polled "irq is $(driver_stat irq)" [ "$(driver_stat irq)" = polled ]
	before=$(driver_stat lost_irq)
	on_card_mark
	check no-irq.data "wrong or lost requests" shapes_ok only=in-place
	# shellcheck disable=SC2086 # words
	on_card no-irq.on-card $on_card_ciphers
	n=$(($(driver_stat lost_irq) - before))
	check no-irq.by-timer "$n requests waited for the watchdog" [ "$n" -le 4 ]
	no_faults
	again=$(driver_stat interrupts)
	check no-irq.tried-again "irq is $(driver_stat irq)" interrupts_again
	shapes_ok only=in-place
	n=$(($(driver_stat interrupts) - again))
	check no-irq.arrives "$n interrupts" [ "$n" -gt 0 ]
	n=$(log_since | grep -c 'its interrupts do not arrive')
	check no-irq.once "said $n times" [ "$n" = 1 ]
	n=$(log_since | grep -c 'hifn795x.*no interrupt came')
	check no-irq.few-messages "$n lines" [ "$n" -le 20 ]
	unload
	load
}

refusal_tests() {
	probe_refused locked locked 'hifn795x.*lock'
	probe_refused no-cipher-right pass-through%1 'acf:.*refused'
	probe_refused all-bad-ends overrun%1 'hifn795x.*given up: no good result after several resets'
	probe_refused slots-0 none 'slots=0' slots=0
	probe_refused slots-129 none 'slots=129' slots=129
	probe_refused resets-0 none 'resets=0' resets=0
	probe_refused timeout-0 none 'timeout_ms=0' timeout_ms=0
	probe_refused pll none 'pll=ext5' pll=ext5
	probe_refused pll-junk none 'pll=ext66x' pll=ext66x
	check refusal.queue_len "acf took queue_len=0, or refused it for another reason" \
		insmod_refused 'Invalid parameters' $modules/crypto/acf.ko queue_len=0
	check refusal.check "acf took check=0, or refused it for another reason" \
		insmod_refused 'Invalid parameters' $modules/crypto/acf.ko check=0
	insmod $modules/crypto/acf.ko
	check refusal.completer_late_ms "it was taken as 0, or refused for another reason" \
		insmod_refused 'Invalid parameters' $modules/drivers/hifn795x.ko completer_late_ms=0
	rmmod acf

	# One bad algorithm is not served; the others are.
	unload
	fault corrupt:des-cbc
	load
	no_faults
	check refusal.one-algorithm.bound "the card was refused" bound
	check refusal.one-algorithm.rest "cbc(aes) is not served" acf_serves 'cbc(aes)'
	check refusal.one-algorithm.left-out "cbc(des) is served" acf_left_out 'cbc(des)'
	unload

	# A command that ends badly leaves the card in doubt: it is reset, and only then
	# tested on. The first ones are of cbc(aes), and a card without it serves.
	log_mark
	fault overrun:2
	load
	no_faults
	check refusal.bad-end.bound "the card was refused" bound
	check refusal.bad-end.reset "$(driver_stat resets) resets" [ "$(driver_stat resets)" -ge 1 ]
	check refusal.bad-end.left-out "cbc(aes) is served" acf_left_out 'cbc(aes)'
	n=$(log_since | grep -c 'acf: .*self-test passed')
	check refusal.bad-end.rest "$n of 22 algorithms passed" [ "$n" = 22 ]
	unload

	# A card may be given longer than a test waits otherwise: it hangs, is reset, and passes.
	log_mark
	fault stuck:3
	load timeout_ms=11000
	no_faults
	check refusal.patient.bound "the card was refused" bound
	check refusal.patient.reset "$(driver_stat resets) resets" [ "$(driver_stat resets)" = 1 ]
	n=$(log_since | grep -c 'acf: .*self-test passed')
	check refusal.patient.selftests "$n of 23 algorithms passed" [ "$n" = 23 ]
	unload

	# A bad MAC takes the single pass down with it, not the cipher.
	fault corrupt:hmac-sha1
	load
	no_faults
	for alg in 'hmac(sha1)' 'authenc(hmac(sha1),cbc(aes))'; do
		check "refusal.one-mac.left-out.$alg" "it is served" acf_left_out "$alg"
	done
	for alg in 'hmac(md5)' 'authenc(hmac(md5),cbc(aes))' 'cbc(aes)' sha1; do
		check "refusal.one-mac.rest.$alg" "it is not served" acf_serves "$alg"
	done
	unload
	load
}
