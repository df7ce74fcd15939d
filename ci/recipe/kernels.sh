#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mmdebstrap customize hook: fetches kernels and headers and unpacks them.
# Unpacked, not installed: kernel packages would pull in and run initramfs-tools.
# usage: kernels.sh TREE OUTPUT
#
# Headers go into TREE; OUTPUT/stock, oldest, newest and peer get the bootable kernels
# with their modules, OUTPUT/peer also the programs of the peer's 32-bit guest, and
# OUTPUT/versions says what was taken:
#   kernel.ROLE NAME    headers NAME...     package NAME VERSION (of the package)
#   gone ROLE NAME      the pinned kernel left the archive, with nothing in its place or,
#                       when kernel.ROLE is there, with that
#   newer NAME          of the archive, not tested
set -eu
tree=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
# shellcheck source=ci/recipe/choose.sh
. "$here/choose.sh"

unpack() { # directory, packages
	dir=$1
	shift
	mkdir -p "$dir" "$out/debs"
	(cd "$out/debs" && apt-get -q download "$@")
	for deb in "$out"/debs/*.deb; do
		# --extract would replace the tree's /lib link by the package's directory
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir"
		echo "unpacked $(basename "$deb") into $dir"
	done
	rm -r "$out/debs"
}

# From 7.x on linux-image is empty and depends on the parts.
unpack_kernel() { # role, name
	parts=linux-image-$2
	if there "linux-modules-$2"; then
		parts="linux-base-$2 linux-binary-$2 linux-modules-$2"
	fi
	# shellcheck disable=SC2086 # words
	unpack "$out/$1" $parts
}

# The package and those of its dependencies that modules are built with.
unpack_headers() { # name
	parts=$(apt-cache show --no-all-versions "linux-headers-$1" | sed -n 's/^Depends: //p' |
		tr ',|' '\n\n' | sed 's/^ *//; s/ .*//' |
		grep -E '^linux-(headers-.*-common|kbuild-|compiler-)')
	# shellcheck disable=SC2086 # words
	unpack "$tree" "linux-headers-$1" $parts
}

unpack_peer() { # name
	unpack "$out/peer" "linux-image-$1:i386" \
		busybox-static:i386/bookworm kmod:i386/bookworm libkmod2:i386/bookworm \
		libzstd1:i386/bookworm liblzma5:i386/bookworm libssl3:i386/bookworm \
		libc6:i386/bookworm libgcc-s1:i386/bookworm gcc-12-base:i386/bookworm
}

take() { # role, name
	case $1 in
	peer) unpack_peer "$2" ;;
	headers) unpack_headers "$2" ;;
	*)
		unpack_headers "$2"
		unpack_kernel "$1" "$2"
		;;
	esac
}

package_version() { # role, name
	apt-cache show --no-all-versions "linux-$(kind_of "$1")-$2" | sed -n 's/^Version: //p'
}

: >"$out/versions"
headers=
while read -r role pinned; do
	name=$(choose "$role" "$pinned")
	[ "$name" = "$pinned" ] || echo "gone $role $pinned" >>"$out/versions"
	if [ -z "$name" ]; then
		[ "$role" = stock ] || continue
		echo "no kernel of the series of $pinned in the archive: name another in $here/kernels" >&2
		exit 1
	fi
	take "$role" "$name" >&2
	[ "$role" = headers ] || echo "kernel.$role $name"
	[ "$role" = peer ] || headers="$headers $name"
	echo "package $name $(package_version "$role" "$name")"
done <<END >>"$out/versions"
$(pins "$here/kernels")
END
newer_than "$(sed -n 's/^kernel.newest //p' "$out/versions")" | sed 's/^/newer /' >>"$out/versions"
cat >>"$out/versions" <<EOF
headers$headers
qemu $(chroot "$tree" qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
EOF
