# SPDX-License-Identifier: GPL-2.0
# Front end of the build; what is built is named in Kbuild and its subdirectories.
#
#   make                  modules for the running kernel, or for KDIR=
#   make check            quick native tests
#   make modules_install  install the modules and the blacklist of the in-tree driver
#   make clean
KDIR ?= /lib/modules/$(shell uname -r)/build
# Where modules_install puts things: below this, / if empty.
ROOT := $(DESTDIR)$(INSTALL_MOD_PATH)

all: modules

modules: kernel
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

# What is missing, and what has it: for the kernel that was asked for, not the running one.
kernel:
	@test -e $(KDIR)/Makefile || { case $(KDIR) in \
		/lib/modules/*/build*) has=$${KDIR#/lib/modules/}; \
			echo "no kernel headers in $(KDIR): install linux-headers-$${has%%/*} or set KDIR=" ;; \
		*) echo "no kernel headers in $(KDIR): name a directory that has them, as KDIR=/lib/modules/VERSION/build" ;; \
		esac >&2; exit 1; }
	@command -v $(firstword $(CC)) >/dev/null || { \
		echo "no compiler $(firstword $(CC)): install build-essential or set CC=" >&2; exit 1; }
kernel: export KDIR := $(KDIR)

# All or nothing: a whole copy beside the place first, then it is moved there.
modules_install: kernel
	@test -e crypto/acf.ko -a -e drivers/hifn795x.ko || { \
		echo "no modules here yet: run make first, with the same KDIR=" >&2; exit 1; }
	@mkdir -p $(ROOT)/lib/modules $(ROOT)/etc/modprobe.d
	@copy=$(ROOT)/lib/modules/.hifn795x.new; \
	rm -rf $$copy && trap 'rm -rf '$$copy EXIT && \
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$$copy DEPMOD=true $@ && \
	install -D -m 644 drivers/hifn795x.conf $$copy/etc/modprobe.d/hifn795x.conf && \
	(cd $$copy && find . -type d) | (cd $(ROOT) && xargs mkdir -p) && \
	(cd $$copy && find . -name '*.ko*' -o -name '*.conf') | while read -r file; do \
		mv -f $$copy/$$file $(ROOT)/$$file || exit 1; \
	done

# One after the other, and all of them, whether one fails or not.
check:
	@bad=0; for part in tools/libvfus tools/vcard tools/hifnctl testvec tools/tests; do \
		$(MAKE) -C $$part check || bad=1; \
	done; exit $$bad

# The encoders as a big-endian host runs them, under user-mode emulation.
check-be:
	$(MAKE) -C tools/tests check-be

clean:
	rm -rf build
	find crypto drivers samples \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name 'modules.order' -o -name '.*.d' \) -delete
	rm -f Module.symvers modules.order *.mod *.mod.c .*.cmd *.o

.PHONY: all kernel modules modules_install check check-be clean
