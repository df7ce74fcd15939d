# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh
# Who decides where a request goes: acf's parameters policy and seeds, and what the machine
# makes of a quick card and of a slow one. Needs guest.sh and dmcrypt.sh.

policy() { echo "$1" >/sys/module/acf/parameters/policy; }

# why_sum WORD...: of acf's decisions
why_sum() {
	awk -v words=" $* " '$1 == "why" { for (i = 4; i < NF; i += 2)
		if (index(words, " " $i " ")) n += $(i + 1) } END { print n + 0 }' /sys/kernel/debug/acf/cost
}

decided() {
	card=$(why_sum card_sooner card_feed card_probe)
	cpu=$(why_sum cpu_sooner cpu_fed cpu_handling cpu_last cpu_probe)
}

# Says which, and changes nothing.
policy_refused() {
	log_mark
	policy sometimes 2>/dev/null && return 1
	log_since | grep -qF 'acf: policy=sometimes is none of auto, offload, card, cpu' &&
		[ "$(cat /sys/module/acf/parameters/policy)" = card ]
}

seeds_refused() { # seeds, reason
	log_mark
	insmod $modules/crypto/acf.ko seeds="$1" 2>/dev/null && { rmmod acf; return 1; }
	log_since | grep -qF "acf: seeds: $1: $2" || { log_since | tail -n 1; return 1; }
}

seeds_tests() {
	unload
	for bad in 'cbc(rot13):card:1:1 no such algorithm' 'cbc(aes):gpu:1:1 the unit is neither' \
		'cbc(aes):cpu:0:1 fixed ns not within' 'cbc(aes):cpu:1000000001:1 fixed ns not within' \
		'cbc(aes):cpu:-5:1 fixed ns not within' 'cbc(aes):card:1:1000000001 ns per KiB not within' \
		'cbc(aes):card:1:1x ns per KiB not within' 'cbc(aes):card:1 ns per KiB not within'; do
		check "policy.seeds-refused.${bad%% *}" "it was taken, or for another reason" \
			seeds_refused "${bad%% *}" "${bad#* }"
	done
	insmod $modules/crypto/acf.ko seeds='cbc(aes):cpu:777:1024;authenc(hmac(sha1),cbc(aes)):card:50000:0'
	check policy.seeds "$(grep '^cpu cbc(aes) encrypt' /sys/kernel/debug/acf/cost)" \
		grep -q '^cpu cbc(aes) encrypt samples 0 clamped 0 ns 16 793 32 809 ' /sys/kernel/debug/acf/cost
	rmmod acf
	load
}

# What the card got, and what the CPU did for that reason, of one run of the shapes.
policy_run() { # policy
	policy "$1"
	before=$(card_commands)
	cpu_before=$(acf_cpu all policy)
	shapes_ok only=in-place || not_ok "policy.$1.data" "wrong or lost requests"
	commands=$(($(card_commands) - before))
	by_policy=$(($(acf_cpu all policy) - cpu_before))
}

fixed_tests() {
	policy_run card
	check policy.card "$commands commands, $by_policy requests to the CPU" \
		[ $commands -gt 100 -a $by_policy = 0 ]
	policy_run cpu
	check policy.cpu "$commands commands, $by_policy requests to the CPU" \
		[ $commands = 0 -a $by_policy -gt 100 ]
	policy_run offload
	check policy.offload "$by_policy by policy" [ $by_policy = 0 ]
	policy_run auto
	decided
	check policy.auto "$card to the card, $cpu to the CPU" [ $((card + cpu)) -gt 100 ]
}

# dm-crypt with 32 requests at a time: share of what the machine gave to the card, per cent.
share() { # name
	decided
	card_then=$card cpu_then=$cpu
	check_fio "$1.fio" fio_verify 4
	decided
	card=$((card - card_then)) cpu=$((cpu - cpu_then))
	share=$((card * 100 / (card + cpu + 1)))
}

# A card that takes 20 ms for what the CPU does in less than one gets next to nothing, and is
# looked at again now and then; when it is quick again, it is used again.
auto_tests() {
	policy auto
	open_plain aes-cbc-plain64 256 4096 || { not_ok policy.open "no volume"; return; }
	hostcmd fault 0 slow:20000 >/dev/null
	share policy.slow
	check policy.slow "$share % to a card that is slow: $card of $((card + cpu))" \
		[ $((card + cpu)) -ge 1000 -a $share -le 10 ]
	hostcmd faults-clear 0 >/dev/null
	cryptsetup close v
	grep '^why cbc(aes)' /sys/kernel/debug/acf/cost
}

policy_tests() {
	unload
	load
	check policy.refused "the module took it, or did not say why" policy_refused
	seeds_tests
	fixed_tests
	auto_tests
	policy card
}
