# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Whose transforms wait in which of acf's two lines. ESP within one network namespace, so
# that the transform is made by the caller of ip; AF_ALG would not get to the card on 7.x.
# For suites with guest-lib.sh.

# class_echo: in a network namespace of its own, three echoes to itself through ESP
class_echo='
	lo=/proc/sys/net/ipv4/conf/lo
	ip link set lo up && echo 0 >$lo/disable_xfrm && echo 0 >$lo/disable_policy &&
	ip xfrm state add src 127.0.0.1 dst 127.0.0.1 proto esp spi 0x101 mode transport \
		auth-trunc "hmac(sha1)" 0x000102030405060708090a0b0c0d0e0f10111213 96 \
		enc "cbc(aes)" 0x000102030405060708090a0b0c0d0e0f &&
	ip xfrm policy add dir out src 127.0.0.1 dst 127.0.0.1 tmpl proto esp mode transport &&
	ping -q -c 3 -i 0.2 -W 10 127.0.0.1'

# class_is NAME CLASS COMMAND...: all jobs of the echoes that COMMAND runs are of CLASS
class_is() {
	class_name=$1 class_want=$2
	shift 2
	class_system=$(acf_line system jobs) class_user=$(acf_line user jobs)
	"$@" sh -c "$class_echo" >/tmp/class 2>&1 || {
		not_ok "$class_name" "no echo: $(tail -n 1 /tmp/class)"
		return
	}
	class_system=$(($(acf_line system jobs) - class_system))
	class_user=$(($(acf_line user jobs) - class_user))
	class_other=$class_user class_mine=$class_system
	[ "$class_want" = system ] || class_other=$class_system class_mine=$class_user
	# request and answer of each echo, enciphered and deciphered
	check "$class_name" "$class_system jobs in the system's line, $class_user in the users'" \
		[ "$class_mine" = 12 -a "$class_other" = 0 ]
}

as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'

class_checks() {
	modprobe -a esp4 xfrm_user authenc echainiv
	class_is class.root system unshare -n
	class_is class.net-admin-only system \
		unshare -n setpriv --bounding-set=-all,+net_admin,+net_raw
	# root, and any capability, of a user namespace of one's own
	# shellcheck disable=SC2086 # words
	class_is class.nobody user $as_user unshare -Urn
	class_is class.root-elsewhere user unshare -Urn
}
