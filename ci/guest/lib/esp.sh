# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# ESP between two network namespaces of one guest, with manual keys:
#
#   esp_up SUITE            the pair of namespaces and its SAs, transport mode
#   esp_traffic_start       datagrams there and back in the background, until
#   esp_traffic_stop        this sets the figures below from what both ends counted
#   esp_traffic COUNT       the same with a number of datagrams, in the foreground
#   esp_errors              failures /proc/net/xfrm_stat counted, both ends together
#   esp_packets             packets the SAs counted
#   esp_check NAME SUITE    all of this with 200 datagrams, one result
#   esp_down                takes all of it away, traffic included
#
# figures: esp_sent, esp_answered, esp_lost, esp_wrong (either end), esp_stall_ms (the
# longest time without an answer). A datagram comes back or is lost; a wrong one is lost
# as well. Every datagram is enciphered and deciphered twice.
#
#   SUITE           ESP asks the kernel for                     card serves
#   sha1-aes        authenc(hmac(sha1),cbc(aes))                AEAD
#   sha1-3des       authenc(hmac(sha1),cbc(des3_ede))           AEAD
#   md5-aes         authenc(hmac(md5),cbc(aes))                 AEAD
#   sha1-aes-esn    authencesn(hmac(sha1),cbc(aes))             hash, then skcipher
#   sha1-camellia   authenc(hmac(sha1),cbc(camellia))           hash
#   sha256-aes      authenc(hmac(sha256),cbc(aes))              skcipher

esp_a=192.0.2.1 esp_b=192.0.2.2
esp_log=/tmp/esp
esp_ends=/src/ci/guest/py/esp_ends.py

esp_key() { # bytes, seed: in hex
	printf %s "$2" | sha512sum | cut -c "1-$((2 * $1))"
}

esp_suite() { # SUITE: sets esp_auth, esp_auth_key, esp_icv, esp_enc, esp_enc_key, esp_flags
	esp_auth='hmac(sha1)' esp_auth_key=20 esp_icv=96 esp_flags=
	esp_enc='cbc(aes)' esp_enc_key=16
	case $1 in
	sha1-aes) ;;
	sha1-3des) esp_enc='cbc(des3_ede)' esp_enc_key=24 ;;
	md5-aes) esp_auth='hmac(md5)' esp_auth_key=16 ;;
	sha1-aes-esn) esp_flags='flag esn' ;;
	sha1-camellia) esp_enc='cbc(camellia)' ;;
	sha256-aes) esp_auth='hmac(sha256)' esp_auth_key=32 esp_icv=128 ;;
	*) echo "esp: no suite $1, see ci/guest/lib/esp.sh" >&2; return 1 ;;
	esac
}

esp_sa() { # namespace, source, destination, SPI
	# A card reorders between its queue and the CPU by more than the default window.
	# shellcheck disable=SC2086 # two words or none
	ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" mode transport \
		replay-window 1024 $esp_flags \
		auth-trunc "$esp_auth" "0x$(esp_key $esp_auth_key "$4")" $esp_icv \
		enc "$esp_enc" "0x$(esp_key $esp_enc_key "$4")"
}

esp_end() { # namespace, its address, the other's
	ip -n "$1" link set lo up &&
	ip -n "$1" addr add "$2/24" dev "v$1" &&
	ip -n "$1" link set "v$1" up &&
	esp_sa "$1" "$esp_a" "$esp_b" 0x1001 &&
	esp_sa "$1" "$esp_b" "$esp_a" 0x1002 &&
	ip -n "$1" xfrm policy add dir out src "$2" dst "$3" tmpl proto esp mode transport &&
	ip -n "$1" xfrm policy add dir in src "$3" dst "$2" tmpl proto esp mode transport
}

esp_up() { # SUITE
	modprobe -a veth esp4 xfrm_user authenc authencesn echainiv camellia_generic \
		des_generic cbc sha256_generic 2>/dev/null
	esp_suite "$1" &&
	ip netns add a && ip netns add b &&
	ip link add va netns a type veth peer name vb netns b &&
	esp_end a $esp_a $esp_b && esp_end b $esp_b $esp_a
}

# Until an end has its socket; only then it takes the signal that ends it.
esp_wait() { # namespace
	esp_tries=0
	until ip netns exec "$1" grep -q ':238C ' /proc/net/udp; do # port 9100
		esp_tries=$((esp_tries + 1))
		[ $esp_tries -le 300 ] || { echo "esp: no traffic after 30 s" >&2; return 1; }
		sleep 0.1
	done
}

esp_figures() { # ends the echo, reads what both said
	kill "$esp_echo_pid"
	wait "$esp_echo_pid"
	# shellcheck disable=SC2034 # for the caller
	esp_sent=0 esp_answered=0 esp_lost=0 esp_wrong=0 esp_stall_ms=0 esp_heard_wrong=0
	# shellcheck disable=SC2046 # words
	set -- $(cat $esp_log.ask $esp_log.echo)
	while [ $# -ge 2 ]; do
		eval "esp_$1=$2"
		shift 2
	done
	# what b saw wrong comes back wrong
	[ "$esp_heard_wrong" -le "$esp_wrong" ] || esp_wrong=$esp_heard_wrong
	esp_traffic_pid=
}

esp_traffic_start() {
	ip netns exec b python3 -B $esp_ends echo $esp_b >$esp_log.echo &
	esp_echo_pid=$!
	esp_wait b || return 1
	ip netns exec a python3 -B $esp_ends ask $esp_a $esp_b "${1:-0}" >$esp_log.ask &
	esp_traffic_pid=$!
}

esp_traffic_stop() {
	esp_wait a
	kill "$esp_traffic_pid"
	wait "$esp_traffic_pid"
	esp_figures
}

esp_traffic() { # COUNT
	esp_traffic_start "$1" || return 1
	wait "$esp_traffic_pid"
	esp_figures
}

esp_errors() {
	for esp_ns in a b; do
		ip netns exec $esp_ns cat /proc/net/xfrm_stat
	done | awk '{ n += $2 } END { print n + 0 }'
}

esp_packets() {
	for esp_ns in a b; do
		ip -n $esp_ns -s xfrm state
	done | awk '/lifetime current/ { getline; sub(/.*bytes\), /, ""); n += $1 } END { print n + 0 }'
}

esp_down() {
	[ -z "${esp_traffic_pid:-}" ] || esp_traffic_stop
	ip netns del a 2>/dev/null
	ip netns del b 2>/dev/null
	# 7.2 frees a datagram that was read when its CPU next receives one, and with it the
	# SA and the transform
	for esp_cpu in $(seq 0 $(($(nproc) - 1))); do
		taskset -c "$esp_cpu" ping -q -c 1 127.0.0.1 >/dev/null
	done
	return 0
}

# What the card has to do with SUITE, as on_card wants it, for COUNT packets
esp_kinds() { # SUITE COUNT
	case $1 in
	sha1-aes) echo "one-pass:$2 aes-cbc:$2 hmac-sha1:$2" ;;
	sha1-3des) echo "one-pass:$2 des3-cbc:$2 hmac-sha1:$2" ;;
	md5-aes) echo "one-pass:$2 aes-cbc:$2 hmac-md5:$2" ;;
	sha1-aes-esn)
		echo "aes-cbc:$2"
		[ "$(served_by 'hmac(sha1)')" != hmac-sha1-acf ] || echo "hmac-sha1:$2"
		;;
	sha1-camellia) echo "hmac-sha1:$2" ;;
	sha256-aes) echo "aes-cbc:$2" ;;
	esac
}

# 200 datagrams there and back, none lost, none wrong; each is enciphered and deciphered
# twice. For suites with guest.sh.
esp_check() { # NAME SUITE
	esp_sent=0 esp_lost=0 esp_wrong=0
	on_card_mark
	esp_up "$2" && esp_traffic 200
	check "$1" "$esp_sent sent, $esp_lost lost, $esp_wrong wrong" \
		[ "$esp_sent" -ge 200 -a "$esp_lost" = 0 -a "$esp_wrong" = 0 ]
	# shellcheck disable=SC2046 # words
	on_card "$1.on-card" $(esp_kinds "$2" 800)
	esp_down
}
