# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2016 # awk programs
# The counters of acf and of the driver, which nobody else reads; py/stats.py is the same for
# Python. docs/reference/framework.md and drivers/hifn_debugfs.c say what they count.
#
#   acf_stops stops|busy            engines that were stopped, of these with users' requests
#   acf_running                     engines that serve
#   acf_outstanding                 bytes of the requests engines have
#   acf_line CLASS WORD             queued, jobs, bytes, behind_ns or longest_ns of a class, or of
#                                   "all"
#   acf_cpu ALGORITHM REASON        requests of it, or "all", the CPU served for that reason
#   acf_done ENGINE ALGORITHM       jobs of it the engine completed
#   acf_jobs                        "ALGORITHM JOBS" of all engines, failed ones with the others
#   acf_serves ALGORITHM            does an engine serve it?
#   acf_left_out ALGORITHM          does none, although acf is there?
#   acf_check compared|doubtful|wrong|retired    results compared whole, found wrong, by the card's
#                              fault alone; algorithms lost by that
#   acf_disbelieved                 the second and the third of these, in words
#   acf_engines                     what acf says of its engines, to be shown
#   driver_stat KEY [ADDRESS]       of the driver's for this card; without it, of the only one
#   state_is STATE                  is this the state of the only card?
#
# Numbers are sums over the engines there are. What cannot be read, because acf is out, or
# says it otherwise than is known here, prints no number, and the status is 2.

acf_stats=/sys/kernel/debug/acf/stats
driver_stats=/sys/kernel/debug/hifn795x

# acf_read PROGRAM [AWK OPTIONS]: of the records; behind(WORD) is the word behind it
acf_read() {
	acf_program=$1
	shift
	read -r acf_version <$acf_stats || return 2
	[ "$acf_version" = 'version 4' ] ||
		{ echo "stats.sh: $acf_stats is of $acf_version, not version 4" >&2; return 2; }
	awk "$@" "$acf_program"'
		function behind(word, i) {
			for (i = 1; i < NF; i++)
				if ($i == word)
					return $(i + 1)
			print "stats.sh: no \"" word "\" in: " $0 >"/dev/stderr"
			bad = 2
			exit
		}' $acf_stats
}

# acf_sum LEAST WORD CONDITION [AWK OPTIONS]: of the numbers behind WORD in the records of
# that CONDITION, of which there are LEAST or more
acf_sum() {
	acf_least=$1 acf_word=$2 acf_condition=$3
	shift 3
	acf_read "$acf_condition"' {
			seen++
			sum += behind(word)
		}
		END {
			if (bad || seen < least)
				exit 2
			print sum + 0
		}' -v least="$acf_least" -v word="$acf_word" "$@"
}

acf_stops() { acf_sum 1 "$1" '$1 == "stops"'; }

acf_running() {
	acf_read '$1 == "engine" && $3 == "state" && $4 == "running" { n++ } END { print n + 0 }'
}

acf_outstanding() { acf_sum 0 outstanding_bytes '$1 == "engine" && $3 == "state"'; }

acf_line() {
	acf_sum 1 "$2" '$1 == "queue" && (class == "all" || $2 == class)' -v class="$1"
}

acf_cpu() { acf_sum 1 "$2" '$1 == "cpu" && (alg == "all" || $2 == alg)' -v alg="$1"; }

acf_done() {
	acf_sum 1 jobs '$1 == "engine" && $2 == name && $3 == alg' -v name="$1" -v alg="$2"
}

acf_jobs() {
	acf_read '$1 == "engine" && $4 == "jobs" { n[$3] += behind("jobs") + behind("failed") }
		END {
			if (bad)
				exit bad
			for (alg in n)
				print alg, n[alg]
		}'
}

acf_serves() {
	acf_read '$1 == "engine" && $3 == alg && $4 == "jobs" { found = 1 }
		END { exit !found }' -v alg="$1"
}

acf_left_out() {
	acf_serves "$1"
	[ $? = 1 ]
}

acf_check() { acf_sum 0 "$1" '$1 == "engine" && $3 == "check"'; }

acf_disbelieved() {
	acf_read '$1 == "engine" && $3 == "check" { doubtful += behind("doubtful"); wrong += behind("wrong") }
		END {
			if (bad)
				exit bad
			print doubtful + 0 " doubtful, " wrong + 0 " wrong"
		}'
}

acf_engines() { acf_read '$1 == "queue" || ($1 == "engine" && $3 == "state")'; }

driver_stat() { awk -v key="$1" '$1 == key { print $2 }' $driver_stats/${2:-*}/stats; }

state_is() { [ "$(driver_stat state 2>/dev/null)" = "$1" ]; }
