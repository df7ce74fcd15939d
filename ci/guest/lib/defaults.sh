# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # variables of guest.sh, dmcrypt.sh, esp.sh
# Rows of the suite defaults: what ran, what the kernel took for it, and the card's share of it by
# the card's own commands. Two results of each row, for the two policies: data right, and the
# share, which with policy=card is all or nothing.
#
#   row_part COMMAND                 the driver loaded, one row, nothing left
#   volume_row WHAT VOLUME COMMAND   sectors of that dm-crypt volume, by what COMMAND does
#   file_row WHAT BLOCKS COMMAND     blocks that a file system enciphers and deciphers itself
#   tunnel_row WHAT                  packets of the SAs between the namespaces a and b
# Needs guest.sh, dmcrypt.sh, esp.sh.

row_part() {
	load || { not_ok row.load "hifn795x does not load"; return; }
	row_name=$(head -n 1 "$RESULTS.part")
	"$1" || not_ok "$row_name.set-up" "$(tail -n 2 /tmp/said 2>/dev/null | tr '\n' ' ')"
	unload
}

policy_is() { echo "$1" >/sys/module/acf/parameters/policy; }

# Commands of the card of any kind that carries data; a single pass is one.
row_commands() { on_card_since any; }

percent() { awk -v part="$1" -v all="$2" 'BEGIN { printf "%d", all ? (part > all ? 100 : 100 * part / all) : 0 }'; }

sectors_of() { # VOLUME: sectors of 512 bytes, read and written
	awk '{ print $3 + $7 }' "/sys/dev/block/$(dmsetup info -c --noheadings -o major,minor --separator : "$1")/stat"
}

# crypt's own words: "aes-xts-plain64, 512 bits", and the size of its sectors
volume_cipher() { dmsetup table "$1" | awk '{ print $4 }'; }
volume_sector() { dmsetup table "$1" | sed -n 's/.*sector_size:\([0-9]*\).*/\1/p;' | grep . || echo 512; }

row_out() { # WHAT TAKES AUTO CARD WHY
	on_card=false
	[ "$4" -lt 50 ] || on_card=true
	printf '{"row": "%s", "what": "%s", "takes": "%s", "share": "%s %% (auto: %s %%)", "on_card": %s, "why": "%s", "kernel": "%s"}\n' \
		"$row_name" "$1" "$2" "$4" "$3" $on_card "$5" "$(uname -r)" >>"$OUT/shares"
	echo "row: $1: $2: card's share $4 %, with policy=auto $3 %"
}

# once POLICY COUNT COMMAND...: prints the share of what COMMAND did; COUNT prints a number of
# requests that grows
once() {
	once_policy=$1 once_count=$2
	shift 2
	policy_is "$once_policy"
	on_card_mark
	once_before=$($once_count)
	"$@" >/tmp/said 2>&1
	once_status=$?
	check "$row_name.$once_policy.data" "$(grep . /tmp/said | tail -n 1)" [ $once_status = 0 ]
	sync
	once_share=$(percent "$(row_commands)" $(($($once_count) - once_before)))
}

volume_requests() { echo $(($(sectors_of "$row_volume") * 512 / row_size)); }

volume_row() {
	row_what=$1 row_volume=$2
	shift 2
	row_size=$(volume_sector "$row_volume")
	once auto volume_requests "$@"
	row_auto=$once_share
	once card volume_requests "$@"
	check "$row_name.on-card" "$once_share % by the card" [ "$once_share" -ge 95 ]
	row_why="sectors of $row_size"
	[ "$row_size" != 512 ] || row_why="$row_why: eight times the requests of \`--sector-size 4096\`"
	row_out "$row_what" "$(volume_cipher "$row_volume")" "$row_auto" "$once_share" "$row_why"
}

file_blocks() { echo "$row_done"; }

# A kernel that takes no asynchronous cipher for files says which one it took.
file_row() {
	row_what=$1 row_blocks=$2
	shift 2
	row_done=0
	once auto file_blocks more_blocks "$@"
	row_auto=$once_share
	once card file_blocks more_blocks "$@"
	row_takes=$(log_since | sed -n 's/.*fscrypt: AES-256-XTS using implementation "\(.*\)".*/\1/p' | head -n 1)
	row_why='enciphers file blocks by an asynchronous cipher'
	case $row_takes in
	*-acf) check "$row_name.on-card" "$once_share % by the card" [ "$once_share" -ge 95 ] ;;
	*)
		check "$row_name.on-card" "$once_share % by the card, and it takes $row_takes" \
			[ "$once_share" = 0 -a -n "$row_takes" ]
		row_why='the kernel keeps drivers of hardware from files (fs/crypto); LUKS below the file system'
		;;
	esac
	row_out "$row_what" "$row_takes" "$row_auto" "$once_share" "$row_why"
}

more_blocks() {
	row_done=$((row_done + 2 * row_blocks)) # written and read
	"$@"
}

# --- tunnels ----------------------------------------------------------------------------

tunnel_up() {
	modprobe -a veth dummy esp4 xfrm_user authenc echainiv gcm seqiv 2>/dev/null
	ip netns add a && ip netns add b && ip link add va netns a type veth peer name vb netns b &&
		tunnel_end a $esp_a 10.1.0.1 && tunnel_end b $esp_b 10.2.0.1 &&
		ip -n a route add 10.2.0.0/24 via $esp_b src 10.1.0.1 &&
		ip -n b route add 10.1.0.0/24 via $esp_a src 10.2.0.1
}

tunnel_end() { # namespace, its address, the inner one
	ip -n "$1" link set lo up && ip -n "$1" addr add "$2/24" dev "v$1" && ip -n "$1" link set "v$1" up &&
		ip -n "$1" link add d0 type dummy && ip -n "$1" addr add "$3/24" dev d0 && ip -n "$1" link set d0 up
}

tunnel_down() {
	# shellcheck disable=SC2086 # words
	kill $tunnel_pids 2>/dev/null
	# shellcheck disable=SC2086 # words
	wait $tunnel_pids 2>/dev/null
	esp_down
}

# In the namespaces of a daemon, of which each has its own /run.
beside() { # a or b, command
	eval "beside_pid=\$tunnel_pid_$1"
	shift
	nsenter -t "$beside_pid" -m -n "$@"
}

# daemon a|b COMMAND LINE
daemon() {
	ip netns exec "$1" sh -c "mount -t tmpfs run /run && mkdir -p /run/pluto /run/lock && exec $2" >"/tmp/daemon.$1" 2>&1 &
	eval "tunnel_pid_$1=$!"
	tunnel_pids="$tunnel_pids $!"
}

strongswan_up() { # lines for the child
	tunnel_pids=
	for end in a b; do
		me=$esp_a you=$esp_b mine=10.1.0.0/24 yours=10.2.0.0/24
		[ $end = a ] || me=$esp_b you=$esp_a mine=10.2.0.0/24 yours=10.1.0.0/24
		cat >/tmp/swanctl.$end <<-END
			connections {
			  site {
			    local_addrs = $me
			    remote_addrs = $you
			    local {
			      auth = psk
			    }
			    remote {
			      auth = psk
			    }
			    children {
			      net {
			        local_ts = $mine
			        remote_ts = $yours
			        $1
			      }
			    }
			  }
			}
			secrets {
			  ike-site {
			    secret = "for this test only"
			  }
			}
		END
		daemon $end /usr/lib/ipsec/charon
	done
	for end in a b; do
		wait_for 120 beside $end swanctl --stats >/dev/null 2>&1 || return 1
		beside $end swanctl --load-all --noprompt --file /tmp/swanctl.$end >/tmp/said 2>&1 || return 1
	done
	beside a swanctl --initiate --child net --timeout 120 >/tmp/said 2>&1
}

libreswan_up() { # lines for the connection
	tunnel_pids=
	for end in a b; do
		dir=/tmp/libreswan.$end
		rm -rf $dir
		mkdir -p $dir/nss
		cat >$dir/ipsec.conf <<-END
			config setup
			    logfile=$dir/log
			    virtual-private=
			conn site
			    left=$esp_a
			    right=$esp_b
			    leftsubnet=10.1.0.0/24
			    rightsubnet=10.2.0.0/24
			    authby=secret
			    $1
		END
		echo ': PSK "for this test only, and long enough"' >$dir/ipsec.secrets
		ipsec initnss --nssdir $dir/nss >/tmp/said 2>&1 || return 1
		daemon $end "/usr/libexec/ipsec/pluto --nofork --config $dir/ipsec.conf --nssdir $dir/nss --secretsfile $dir/ipsec.secrets"
	done
	for end in a b; do
		wait_for 120 beside $end ipsec whack --status >/dev/null 2>&1 || return 1
		beside $end ipsec addconn --config /tmp/libreswan.$end/ipsec.conf site >/tmp/said 2>&1 || return 1
	done
	beside a timeout 120 ipsec whack --initiate --name site >/tmp/said 2>&1
}

tunnel_pings() {
	ip netns exec a ping -q -c 300 -i 0.02 -s 1000 -W 30 -I 10.1.0.1 10.2.0.1 >/tmp/ping 2>&1
	cat /tmp/ping
	grep -q ' 0% packet loss' /tmp/ping
}

# What the SA asks the kernel for.
tunnel_takes() {
	ip -n a xfrm state | awk '$1 == "aead" && !a { a = $2 } $1 == "enc" && !e { e = $2 } $1 == "auth-trunc" && !h { h = $2 }
		END { print a ? a : h "," e }'
}

# tunnel_row WHAT yes|no: on the card?
tunnel_row() {
	once auto esp_packets tunnel_pings
	row_auto=$once_share
	once card esp_packets tunnel_pings
	takes=$(tunnel_takes)
	$ctl doctor --json --netns a >/tmp/doctor
	if [ "$2" = yes ]; then
		check "$row_name.on-card" "$once_share % of $takes by the card" [ "$once_share" -ge 95 ]
		row_out "$1" "$takes" "$row_auto" "$once_share" "by the card in a single pass"
		return
	fi
	check "$row_name.on-card" "$once_share % of $takes by the card" [ "$once_share" = 0 ]
	check "$row_name.doctor" "$(cut -c 1-300 /tmp/doctor)" \
		grep -q '"id":"tunnel-cipher"[^}]*"remedy":"[^"]*esp_proposals = aes128-sha1[^"]*esp=aes128-sha1' /tmp/doctor
	row_out "$1" "$takes" "$row_auto" "$once_share" "no card has it; \`doctor\`: $3"
}

strongswan_default() {
	tunnel_up && strongswan_up '' && tunnel_row "strongSwan, no proposals named" no \
		'`esp_proposals = aes128-sha1-modp2048-noesn`'
	row_status=$?
	tunnel_down
	return $row_status
}
strongswan_written() {
	tunnel_up && strongswan_up 'esp_proposals = aes128-sha1-modp2048-noesn
	replay_window = 1024' && tunnel_row "strongSwan, as \`doctor\` says" yes
	row_status=$?
	tunnel_down
	return $row_status
}
libreswan_default() {
	tunnel_up && libreswan_up '' && tunnel_row "libreswan, no proposals named" no '`esp=aes128-sha1`, `esn=no`'
	row_status=$?
	tunnel_down
	return $row_status
}
libreswan_written() {
	tunnel_up && libreswan_up 'esp=aes128-sha1
    esn=no
    replay-window=1024' && tunnel_row "libreswan, as \`doctor\` says" yes
	row_status=$?
	tunnel_down
	return $row_status
}
