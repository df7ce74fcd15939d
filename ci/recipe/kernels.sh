#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mmdebstrap customize hook: fetches kernels and headers and unpacks them.
# Unpacked, not installed: kernel packages would pull in and run initramfs-tools.
# usage: kernels.sh TREE OUTPUT
#
# Headers go into TREE; OUTPUT/stock, oldest, newest and peer get the bootable kernels
# with their modules, OUTPUT/peer also the programs of the peer's 32-bit guest.
set -eu
tree=$1 out=$2
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

newest() { # regular expression of package names, what it is for
	name=$(apt-cache pkgnames | grep -xE "$1" | sort -V | tail -n 1)
	[ -n "$name" ] || { echo "no package matches $1 ($2)" >&2; exit 1; }
	echo "$name"
}

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
unpack_kernel() { # name, version
	parts=linux-image-$2
	if apt-cache show "linux-modules-$2" >/dev/null 2>&1; then
		parts="linux-base-$2 linux-binary-$2 linux-modules-$2"
	fi
	# shellcheck disable=SC2086 # words
	unpack "$out/$1" $parts
}

version() { echo "$1" | sed 's/^linux-[a-z]*-//'; }

stock=$(version "$(newest 'linux-image-6\.12\.[0-9]+\+deb13(\.[0-9]+)?-amd64' 'guest kernel')")
old=$(version "$(newest 'linux-headers-6\.1\.0-[0-9]+-amd64' 'headers')")
# 7.2 is what we build against; when the archive moved on, its successor is.
new=$(version "$(apt-cache pkgnames | grep -xE 'linux-headers-7\.2\.[0-9]+\+deb13-amd64' |
	sort -V | tail -n 1)")
[ -n "$new" ] ||
	new=$(version "$(newest 'linux-headers-[0-9.]+\+deb13-amd64' 'headers')")
peer=$(version "$(newest 'linux-image-6\.1\.0-[0-9]+-686' 'peer kernel')")

unpack "$tree" \
	"linux-headers-$stock" "linux-headers-${stock%-amd64}-common" \
	"linux-kbuild-${stock%-amd64}" \
	"linux-headers-$old" "linux-headers-${old%-amd64}-common" \
	linux-kbuild-6.1 linux-compiler-gcc-12-x86 \
	"linux-headers-$new" "linux-headers-${new%-amd64}-common" \
	"linux-kbuild-${new%-amd64}"
unpack_kernel stock "$stock"
unpack_kernel oldest "$old"
unpack_kernel newest "$new"
unpack "$out/peer" "linux-image-$peer:i386" \
	busybox-static:i386/bookworm kmod:i386/bookworm libkmod2:i386/bookworm \
	libzstd1:i386/bookworm liblzma5:i386/bookworm libssl3:i386/bookworm \
	libc6:i386/bookworm libgcc-s1:i386/bookworm gcc-12-base:i386/bookworm

cat >"$out/versions" <<EOF
kernel.stock $stock
kernel.oldest $old
kernel.newest $new
kernel.peer $peer
headers $stock $old $new
qemu $(chroot "$tree" qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
EOF
