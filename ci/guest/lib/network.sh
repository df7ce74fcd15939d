# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Addresses of both ends: number 1 is the gateway, 2 the peer.

device_of() { # MAC
	basename "$(dirname "$(grep -lx "$1" /sys/class/net/*/address)")"
}

network() { # own number, the other's
	modprobe -a virtio_net dummy esp4 esp6 xfrm_user
	dev=$(device_of "52:54:00:00:01:0$1")
	ip link set "$dev" name control
	ip addr add "198.51.100.$1/24" dev control
	ip link set control up
	dev=$(device_of "52:54:00:00:00:0$1")
	ip link set "$dev" name wire
	sysctl -q net.ipv6.conf.wire.accept_dad=0
	ip addr add "192.0.2.$1/24" dev wire
	ip -6 addr add "2001:db8::$1/64" dev wire nodad
	ip link set wire up
	# what the tunnels protect, behind each end
	ip link add inner type dummy
	ip addr add "10.$1.0.1/24" dev inner
	ip -6 addr add "2001:db8:$1::1/64" dev inner nodad
	ip link set inner up
	ip route add "10.$2.0.0/24" via "192.0.2.$2" src "10.$1.0.1"
	ip -6 route add "2001:db8:$2::/64" via "2001:db8::$2" src "2001:db8:$1::1"
}
