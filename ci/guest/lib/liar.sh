# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# A hostile card that is kept at work. One lie can be enough for the driver to give it up, or for
# acf to have an algorithm done by the CPU, and what comes then tests nothing but the CPU: so it is bound again, as its owner would,
# without faults, and lies on by the next seed.
#
#   liar_start SEED RATE     in the background; one command in RATE is a lie
#   liar_enough              it has run LIAR_COMMANDS of users and told LIAR_LIES
#   liar_stop                its end: liar_commands, liar_lies, liar_bindings; it is bound, and honest
#
# Needs guest.sh and the modules loaded.

LIAR_LIES=10 LIAR_COMMANDS=300

liar_rebind() {
	hostcmd faults-clear 0 >/dev/null
	liar_address=$(card)
	echo "$liar_address" >/sys/bus/pci/drivers/hifn795x/unbind
	echo "$liar_address" >/sys/bus/pci/drivers/hifn795x/bind
}

# Commands of users alone: none of the self-test that comes with each binding.
liar_note() {
	liar_commands=$((liar_commands + $(on_card_since any)))
	echo "$liar_commands $(hostcmd count 0 faults.hostile) $liar_bindings" >/tmp/liar.new
	mv /tmp/liar.new /tmp/liar
	on_card_mark
}

liar_run() { # seed, rate
	liar_commands=0 liar_bindings=0 liar_seed=$1
	on_card_mark
	hostcmd fault 0 "hostile:$liar_seed%$2" >/dev/null
	while [ ! -e /tmp/liar.stop ]; do
		sleep 0.2
		liar_note
		state_is dead || [ "$(acf_check retired)" -gt 0 ] || continue
		liar_rebind
		on_card_mark
		liar_bindings=$((liar_bindings + 1)) liar_seed=$((liar_seed + 1))
		hostcmd fault 0 "hostile:$liar_seed%$2" >/dev/null
	done
	liar_note
}

liar_start() {
	rm -f /tmp/liar.stop
	echo 0 0 0 >/tmp/liar
	hostcmd reset-counters 0 >/dev/null
	liar_run "$@" &
	liar_pid=$!
}

liar_enough() {
	read -r liar_commands liar_lies _ </tmp/liar
	[ "$liar_commands" -ge $LIAR_COMMANDS ] && [ "$liar_lies" -ge $LIAR_LIES ]
}

liar_stop() {
	touch /tmp/liar.stop
	wait $liar_pid
	read -r liar_commands liar_lies liar_bindings </tmp/liar
	hostcmd faults-clear 0 >/dev/null
	wait_for 20 state_is up || liar_rebind
}

# liar_judge NAME: two results
liar_judge() {
	check "$1.on-card" "it ran $liar_commands commands of users, not $LIAR_COMMANDS" \
		[ "$liar_commands" -ge $LIAR_COMMANDS ]
	check "$1.lies" "it lied $liar_lies times, not $LIAR_LIES" [ "$liar_lies" -ge $LIAR_LIES ]
	echo "$1: $liar_commands commands, $liar_lies lies, bound again $liar_bindings times"
}
