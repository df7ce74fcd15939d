# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # kernels, of ci/kernel
# Kernels as Debian ships them, beyond those of the lab (ci/kernels/distribution): packages are
# unpacked, an initrd made, headers put where ci/build finds them. Those of another architecture
# bring the guests' root image along, and those that are no PCs' their QEMU and compiler.
# Uses say, die and $kernels of ci/kernel.

distribution=/src/ci/kernels/distribution
dist_chosen=$kernels/distribution-$(basename "${ACF_LAB:?run it by ci/kernel}")
dist_modules='virtio_pci virtio_blk virtio_console erofs overlay 9pnet_virtio 9p'

dist_names() { sed 's/#.*//' $distribution | awk 'NF == 4 { print $1 }'; }
is_distribution() { dist_names | grep -qxF -- "$1"; }
dist_word() { awk -v n="$1" -v w="$2" '$1 == n { print $w }' $distribution; } # name, column

# --- the archive: lists of our own, since the lab's are not to change ------------------

dist_apt() { # architecture, command of apt-get or apt-cache, arguments
	dist_arch=$1 dist_command=$2
	shift 2
	mkdir -p "$kernels/apt/lists-$dist_arch/partial" "$kernels/apt/archives/partial"
	[ -e "$kernels/apt/none" ] || : >"$kernels/apt/none"
	"$dist_command" -q -o Dir::Etc::sourcelist="$kernels/apt/sources-$dist_arch.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State::lists="$kernels/apt/lists-$dist_arch" -o Dir::State::status="$kernels/apt/none" \
		-o Dir::Cache="$kernels/apt" -o APT::Architecture="$dist_arch" \
		-o APT::Architectures="$dist_arch" -o APT::Sandbox::User=root \
		-o APT::Install-Recommends=false "$@"
}

# Other architectures have what their kernels are of: mirrors may have no more of them.
dist_sources() { # architecture
	mirror=$(awk '$4 == "trixie" { print $3; exit }' /etc/apt/sources.list)
	security=$(awk '$4 == "trixie-security" { print $3; exit }' /etc/apt/sources.list)
	case $1 in
	amd64) suites='bookworm bookworm-backports trixie trixie-updates trixie-backports' ;;
	*) suites=$(awk -v arch="$1" '$2 == arch { print $3 }' $distribution | sort -u) ;;
	esac
	for suite in $suites; do
		echo "deb $mirror $suite main"
	done
	[ "$1" != amd64 ] || for suite in trixie-security bookworm-security; do
		echo "deb $security $suite main"
	done
}

dist_update() { # architecture: once a day
	stamp=$kernels/apt/updated-$1
	[ -z "$(find "$stamp" -mtime -1 2>/dev/null)" ] || return 0
	mkdir -p "$kernels/apt"
	dist_sources "$1" >"$kernels/apt/sources-$1.list"
	dist_apt "$1" apt-get update >"$kernels/apt/update-$1.log" 2>&1 &&
		: >"$stamp"
}

# Prints "NAME RELEASE VERSION" of the newest that the archive has; nothing if it has none.
dist_choose() { # name
	arch=$(dist_word "$1" 2) pattern=$(dist_word "$1" 4)
	dist_update "$arch" || return 0
	release=$(dist_apt "$arch" apt-cache pkgnames linux-image- | sed 's/^linux-image-//' |
		grep -xE "$pattern" | sort -V | tail -n 1)
	[ -n "$release" ] || return 0
	version=$(dist_apt "$arch" apt-cache show --no-all-versions "linux-image-$release" |
		sed -n 's/^Version: //p')
	echo "$1 $release $version"
}

dist_record() { # name: its line, chosen if it has none yet
	grep "^$1 " "$dist_chosen" 2>/dev/null || dist_choose "$1" | tee -a "$dist_chosen"
}
dist_release() { dist_record "$1" | cut -d' ' -f2; }

# A directory made otherwise than those of before has another name.
dist_format=4
dist_key() { echo "$(dist_record "$1") $dist_format" | sha256sum | cut -c1-12; }

# --- unpacking -------------------------------------------------------------------------

dist_unpack() { # architecture, directory, packages
	arch=$1 into=$2
	shift 2
	mkdir -p "$into" "$into.debs"
	(cd "$into.debs" && dist_apt "$arch" apt-get download "$@") || return 1
	for deb in "$into.debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$into" || return 1
	done
	rm -r "$into.debs"
}

# The packages and all they depend on, without being set up.
dist_tree() { # architecture, directory, packages
	arch=$1 into=$2
	shift 2
	mkdir -p "$into"
	ln -sfn usr/bin "$into/bin" && ln -sfn usr/sbin "$into/sbin" && ln -sfn usr/lib "$into/lib"
	ln -sfn usr/lib64 "$into/lib64"
	mkdir -p "$into/usr/bin" "$into/usr/sbin" "$into/usr/lib"
	rm -rf "$kernels/apt/archives"
	dist_apt "$arch" apt-get install -y --download-only "$@" || return 1
	for deb in "$kernels/apt/archives"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$into" \
			--exclude './usr/share/doc/*' --exclude './usr/share/man/*' \
			--exclude './usr/share/locale/*' || return 1
	done
	rm -rf "$kernels/apt/archives"
}

# From 7.x on linux-image is empty and depends on the parts.
dist_image() { # name, directory
	release=$(dist_release "$1") arch=$(dist_word "$1" 2) parts=linux-image-$release
	if dist_apt "$arch" apt-cache show "linux-modules-$release" >/dev/null 2>&1; then
		parts="linux-base-$release linux-binary-$release linux-modules-$release"
	fi
	# shellcheck disable=SC2086 # words
	dist_unpack "$arch" "$2/image" $parts || return 1
	[ -d "$2/image/lib/modules" ] || ln -s usr/lib "$2/image/lib"
	found=$2/image/lib/modules/$release/vmlinuz
	[ -e "$found" ] || found=$(find "$2/image/boot" -name "vmlinu[xz]-$release")
	mv "$found" "$2/vmlinuz"
	mv "$2/image/lib/modules" "$2/modules" && rm -rf "$2/image"
	dist_prune "$2/modules/$release"
}

# What the headers run while modules are built has to run here: that part is amd64's.
dist_headers() { # name, directory
	release=$(dist_release "$1") arch=$(dist_word "$1" 2)
	dist_unpack "$arch" "$2/headers" "linux-headers-$release" || return 1
	parts=$(dist_apt "$arch" apt-cache show --no-all-versions "linux-headers-$release" |
		sed -n 's/^Depends: //p' | tr ',|' '\n\n' | sed 's/^ *//; s/[ :].*//' |
		grep -E '^linux-(headers-.*-common|kbuild-)')
	dist_update amd64 || return 1
	# shellcheck disable=SC2086 # words
	dist_unpack amd64 "$2/headers" $parts || return 1
	# its own name, where 7.x has that, and of what is common to all flavours
	sed -i "s|/usr/src/|$2/headers/usr/src/|" "$2/headers/usr/src/linux-headers-$release/Makefile"
	ln -sfn "headers/usr/src/linux-headers-$release" "$2/build"
}

# --- what boots ------------------------------------------------------------------------

# Of its modules what a virtual machine of the tests can use.
dist_prune() { # directory of the modules
	(
		cd "$1/kernel" || exit 1
		rm -rf sound security samples
		keep drivers block char crypto dax md virtio net iommu
		keep drivers/net dummy.ko net_failover.ko veth.ko virtio_net.ko
		keep net 9p core ipv4 ipv6 key netfilter sched xfrm
		keep fs 9p crypto erofs ext4 fscache jbd2 mbcache.ko netfs overlayfs
		# a CPU without instructions for ciphers
		rm -rf arch/arm64/crypto
	)
}

keep() { # directory, names in it
	part=$1
	shift
	for path in "$part"/*; do
		case " $* " in
		*" $(basename "${path%.xz}") "*) ;;
		*) rm -rf "$path" ;;
		esac
	done
}

dist_initrd() { # name, directory
	release=$(dist_release "$1") tree=$2/initrd.tree
	rm -rf "$tree"
	mkdir -p "$tree/bin" "$tree/modules" "$tree/lib"
	cp "$2/busybox" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	install -m 755 "$(init_of "$1")" "$tree/init"
	cp -r "$2/modules" "$tree/lib/"
	depmod -b "$tree" "$release"
	for module in $dist_modules; do
		modprobe --dirname "$tree" --set-version "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$2/order.full"
	while read -r path; do
		base=$(basename "$path" .xz)
		case $path in
		*.xz) xz -dc "$path" ;;
		*) cat "$path" ;;
		esac >"$tree/modules/$base"
		echo "$base"
	done <"$2/order.full" >"$tree/order"
	[ -s "$tree/order" ] || return 1
	# those of a root image of its own are in that: memory may be scarce
	[ ! -e "$2/root.erofs" ] || rm -r "$tree/lib/modules"
	(cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) >"$2/initrd.new"
	rm -r "$tree"
	mv "$2/initrd.new" "$(initrd_of "$1")"
}

# The programs of the guests, in its own instructions.
dist_root() { # name, directory
	arch=$(dist_word "$1" 2)
	[ "$arch" != amd64 ] || return 0
	# IPsec by daemons and what loads a machine is amd64's business
	packages=$(sed 's/#.*//' /src/ci/recipe/guest.pkgs | grep -vE 'strongswan|iperf3|tcpdump|stress-ng')
	# what every Debian has, and nothing depends on
	packages="$packages dash sed grep mawk findutils diffutils gzip tar hostname ncurses-bin"
	# shellcheck disable=SC2086 # words
	dist_tree "$arch" "$2/root" $packages || return 1
	for place in proc sys dev tmp run root etc mnt src out image var/lib usr/lib/modules; do
		mkdir -p "$2/root/$place"
	done
	cp -r "$2/modules/." "$2/root/usr/lib/modules/" && depmod -b "$2/root" "$(dist_release "$1")"
	printf 'root:x:0:0:root:/root:/bin/sh\n' >"$2/root/etc/passwd"
	cp "$2/root/usr/bin/busybox" "$2/busybox"
	ln -sfn dash "$2/root/usr/bin/sh"
	ln -sfn mawk "$2/root/usr/bin/awk" # its package's own scripts would
	mkfs.erofs --quiet -zlz4 "$2/root.erofs" "$2/root" && rm -r "$2/root"
}

# The lab has the QEMU of a PC. Its libraries are the same.
dist_qemu() { # name, directory
	case $(dist_word "$1" 2) in
	arm64) dist_unpack amd64 "$2/qemu" qemu-system-arm/trixie-backports ;;
	mipsel) dist_unpack amd64 "$2/qemu" qemu-system-mips/trixie-backports ;;
	esac
}

# Where they are not the lab's, the compilers; they run from where they are, with those of their
# libraries that the lab has not.
dist_compiler() { # name, directory
	case $(dist_word "$1" 2) in
	arm64) compiler=gcc-aarch64-linux-gnu libraries=arm64 ;;
	mipsel) compiler=gcc-12-mipsel-linux-gnu libraries=mipsel ;;
	*) return 0 ;;
	esac
	dist_tree amd64 "$2/cross" $compiler || return 1
	mkdir "$2/cross/own"
	ln -s "$2"/cross/usr/lib/x86_64-linux-gnu/*-$libraries* "$2/cross/own/"
}

dist_build() { # name
	made=$(directory "$1")
	[ -n "$(dist_record "$1")" ] || return 1
	say "fetching $1: linux-image-$(dist_release "$1"); the log is $made/build.log"
	rm -rf "$made"
	mkdir -p "$made"
	cp /bin/busybox "$made/busybox"
	{
		dist_image "$1" "$made" && dist_headers "$1" "$made" && dist_root "$1" "$made" &&
			dist_qemu "$1" "$made" && dist_compiler "$1" "$made" &&
			dist_initrd "$1" "$made"
	} >"$made/build.log" 2>&1 || die "$1 cannot be fetched; see its log"
	dist_record "$1" | sed 's/^[^ ]* /linux-image-/' >"$made/source"
	dist_word "$1" 2 >"$made/architecture"
	dist_release "$1" >"$made/release"
	cp "$(readlink -f "$made/build")/.config" "$made/config"
	mv "$made/vmlinuz" "$made/bzImage"
}
