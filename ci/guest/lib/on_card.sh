# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The card's own count of what its users had it do, as proof that the card did it:
#
#   on_card_mark [CARD]           count from here on
#   on_card NAME KIND:LEAST...    a result: so many commands of each kind since the mark
#   on_card_since KIND            prints the number since the mark
#   on_card_all NAME LEAST        a result: so many jobs of each of the 23 algorithms,
#                                 a command of their kinds for each job, and no result of
#                                 the card's that acf did not believe
#
# KIND is what docs/reference/vcard.md calls it in commands.KIND, or "any" for all of them. What the
# driver asks for itself is none of it: the wipe of the context RAM has a kind of its own, and
# self-tests run before the mark, if it is set once a card serves (bound, plugged in,
# or started after a reset by others or a sleep; a reset of the driver's has none).
#
# What acf does not believe it has done again by the CPU, and copies what comes next: whatever
# the driver does wrong with lists, data stay right. Where nothing is wrong with the card, and
# nobody writes to what it works on, each result is believed.
# Needs stats.sh.

on_card_kinds='aes-ecb aes-cbc aes-cfb aes-ofb des-ecb des-cbc des-cfb des-ofb
	des3-ecb des3-cbc des3-cfb des3-ofb sha1 md5 hmac-sha1 hmac-md5 one-pass'
# of a test that takes all ciphers
# shellcheck disable=SC2034 # of the suites
on_card_ciphers='aes-ecb:1 aes-cbc:1 aes-cfb:1 aes-ofb:1 des-ecb:1 des-cbc:1 des-cfb:1 des-ofb:1
	des3-ecb:1 des3-cbc:1 des3-cfb:1 des3-ofb:1'

on_card_counts() { # card
	# shellcheck disable=SC2046,SC2086 # words
	hostcmd count "$1" $(printf 'commands.%s ' $on_card_kinds)
}

on_card_mark() {
	on_card_number=${1:-0}
	on_card_before=$(on_card_counts "$on_card_number")
	acf_jobs >/tmp/on-card.jobs
	on_card_doubts=$(acf_disbelieved)
}

# KIND NUMBER since the mark, a line each; nothing without counters, then and now.
on_card_counted() {
	on_card_now=$(on_card_counts "$on_card_number")
	awk -v kinds="$on_card_kinds" -v was="$on_card_before" -v now="$on_card_now" 'BEGIN {
		n = split(kinds, kind, " ")
		if (split(was, a, " ") != n || split(now, b, " ") != n)
			exit
		for (i = 1; i <= n; i++) {
			print kind[i], b[i] - a[i]
			# counted as its cipher and as its MAC
			any += kind[i] == "one-pass" ? a[i] - b[i] : b[i] - a[i]
		}
		print "any", any
	}'
}

on_card_since() { on_card_counted | awk -v k="$1" '$1 == k { n = $2 } END { print n + 0 }'; }

# What is missing, in words; nothing if nothing is. A counter that fell (another process
# is the card now), or one that is not there, is missing too.
on_card_short() { # KIND:LEAST...
	on_card_counted | awk -v want="$*" '
		{ count[$1] = $2 }
		END {
			n = split(want, w, " ")
			if (!n)
				print "nothing is asked for"
			for (i = 1; i <= n; i++) {
				split(w[i], p, ":")
				if (!(p[1] in count) || p[2] < 1 || count[p[1]] < p[2])
					printf "%s %d of %d; ", p[1], count[p[1]], p[2]
			}
		}'
}

on_card() {
	on_card_name=$1
	shift
	on_card_missing=$(on_card_short "$@")
	check "$on_card_name" "the card ran too few commands: $on_card_missing" [ -z "$on_card_missing" ]
}

# Jobs by acf since the mark, the commands they make by the card: both have to agree.
on_card_all() { # name, least
	on_card_now=$(on_card_counts "$on_card_number")
	acf_jobs >/tmp/on-card.now
	on_card_missing=$(awk -v least="$2" -v kinds="$on_card_kinds" -v was="$on_card_before" \
		-v now="$on_card_now" '
		function cipher(alg) {	# cbc(des3_ede) as des3-cbc
			split(alg, part, /[()]/)
			sub(/_ede/, "", part[2])
			return part[2] "-" part[1]
		}
		function mac(alg) {	# hmac(sha1) as hmac-sha1
			gsub(/\(/, "-", alg)
			gsub(/\)/, "", alg)
			return alg
		}
		FILENAME ~ /jobs$/ { before[$1] = $2; next }
		{
			jobs = $2 - before[$1]
			algs++
			if (jobs < least)
				printf "%s %d of %d; ", $1, jobs, least
			if ($1 ~ /^authenc/) {
				inner = substr($1, 9, length($1) - 9)
				at = index(inner, ",")
				made[mac(substr(inner, 1, at - 1))] += jobs
				made[cipher(substr(inner, at + 1))] += jobs
				made["one-pass"] += jobs
			} else if ($1 ~ /^(ecb|cbc|cfb|ofb)\(/)
				made[cipher($1)] += jobs
			else if ($1 == "xts(aes)")	# whitened by the driver
				made["aes-ecb"] += jobs
			else
				made[mac($1)] += jobs
		}
		END {
			if (algs != 23)
				printf "%d algorithms of 23; ", algs
			n = split(kinds, kind, " ")
			if (split(was, a, " ") != n || split(now, b, " ") != n)
				printf "no counters; "
			for (i = 1; i <= n; i++)
				if (b[i] - a[i] != made[kind[i]])
					printf "%s %d commands for %d jobs; ", kind[i], b[i] - a[i], made[kind[i]]
		}' /tmp/on-card.jobs /tmp/on-card.now)
	on_card_now=$(acf_disbelieved)
	[ "$on_card_now" = "$on_card_doubts" ] ||
		on_card_missing="${on_card_missing}results not believed: $on_card_doubts before, $on_card_now now"
	check "$1" "$on_card_missing" [ -z "$on_card_missing" ]
}
