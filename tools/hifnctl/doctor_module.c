// SPDX-License-Identifier: BSD-2-Clause
/* Doctor: the modules - built for this kernel, loaded, as new as the tool, allowed to load. */
#define _GNU_SOURCE
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "files.h"

/* What modprobe would load: its version, and whether it is signed. */
struct module_file {
	bool there;
	bool is_signed;
	char version[32];
};

static void take_info(struct module_file *file, struct kmod_module *module)
{
	struct kmod_list *info = NULL;
	struct kmod_list *item;

	if (kmod_module_get_info(module, &info) < 0)
		return;
	kmod_list_foreach(item, info) {
		const char *key = kmod_module_info_get_key(item);

		if (!strcmp(key, "version"))
			snprintf(file->version, sizeof(file->version), "%s",
				 kmod_module_info_get_value(item));
		else if (!strcmp(key, "signature") || !strcmp(key, "sig_id"))
			file->is_signed = true;
	}
	kmod_module_info_free_list(info);
}

static void look_for_module(struct module_file *file, const char *release, const char *name)
{
	char path[1024];
	struct kmod_ctx *ctx;
	struct kmod_list *list = NULL;
	const char *config = NULL;

	memset(file, 0, sizeof(*file));
	snprintf(path, sizeof(path), "%s/lib/modules/%s", root, release);
	ctx = kmod_new(path, &config);
	if (!ctx)
		return;
	kmod_set_log_priority(ctx, -1);
	if (kmod_module_new_from_lookup(ctx, name, &list) >= 0 && list) {
		struct kmod_module *module = kmod_module_get_module(list);
		const char *at = kmod_module_get_path(module);

		file->there = at && *at;
		if (file->there)
			take_info(file, module);
		kmod_module_unref(module);
		kmod_module_unref_list(list);
	}
	kmod_unref(ctx);
}

static bool is_loaded(const char *name)
{
	return file_exists("/sys/module/%s", name);
}

/* The kernel takes signed modules only. */
static bool must_be_signed(void)
{
	char text[64];

	if (read_line(text, sizeof(text), "/sys/module/module/parameters/sig_enforce") &&
	    *text == 'Y')
		return true;
	read_line(text, sizeof(text), "/sys/kernel/security/lockdown");
	return strstr(text, "[integrity]") || strstr(text, "[confidentiality]");
}

/* 1.10 is later than 1.9. */
static bool is_older(const char *a, const char *b)
{
	return strverscmp(a, b) < 0;
}

static void check_version(struct doctor *d, const struct module_file *file)
{
	char loaded[32];

	if (!read_line(loaded, sizeof(loaded), "/sys/module/acf/version")) {
		found(d, WARNING, "module-version", "",
		      "the loaded acf does not tell its version: it is older than hifnctl %s",
		      HIFNCTL_VERSION);
		remedy(d, INTERRUPTS, "modprobe -r hifn795x acf && modprobe hifn795x, or reboot");
	} else if (is_older(loaded, HIFNCTL_VERSION)) {
		found(d, WARNING, "module-version", "", "loaded %s, hifnctl is %s", loaded,
		      HIFNCTL_VERSION);
		remedy(d, SAFE, "apt install --only-upgrade hifn795x-dkms, then reboot");
	} else if (file->there && *file->version && strcmp(loaded, file->version)) {
		found(d, WARNING, "module-version", "", "loaded %s, installed %s", loaded,
		      file->version);
		remedy(d, INTERRUPTS, "modprobe -r hifn795x acf && modprobe hifn795x, or reboot");
	} else {
		found(d, OK, "module-version", "", "%s, hifnctl's", loaded);
	}
}

static void not_built(struct doctor *d)
{
	found(d, CRITICAL, "module-built", "", "no module for the running kernel, %s", d->release);
	if (file_exists("/lib/modules/%s/build", d->release))
		remedy(d, SAFE, "dkms autoinstall -k %s", d->release);
	else
		remedy(d, SAFE, "apt install linux-headers-%s && dkms autoinstall -k %s",
		       d->release, d->release);
}

static void check_rival(struct doctor *d)
{
	struct module_file rival;

	if (is_loaded("hifn_795x")) {
		found(d, WARNING, "module-rival", "",
		      "the kernel's own driver, hifn_795x, is loaded: it may take the card");
		remedy(d, INTERRUPTS, "modprobe -r hifn_795x && modprobe hifn795x");
		return;
	}
	look_for_module(&rival, d->release, "hifn_795x");
	if (!rival.there || file_exists("/usr/lib/modprobe.d/hifn795x.conf") ||
	    file_exists("/etc/modprobe.d/hifn795x.conf") ||
	    file_exists("/lib/modprobe.d/hifn795x.conf"))
		return;
	found(d, WARNING, "module-rival", "",
	      "the kernel's own driver, hifn_795x, is installed and not blacklisted");
	remedy(d, SAFE, "install drivers/hifn795x.conf into /etc/modprobe.d");
}

bool doctor_modules(struct doctor *d)
{
	struct module_file file;
	bool loaded = is_loaded("hifn795x");

	look_for_module(&file, d->release, "hifn795x");
	if (!file.there && !loaded) {
		not_built(d);
		check_rival(d);
		return false;
	}
	found(d, OK, "module-built", "", "%s for %s", *file.version ? file.version : "modules",
	      d->release);
	check_rival(d);
	if (!loaded && must_be_signed() && !file.is_signed) {
		found(d, CRITICAL, "secure-boot", "",
		      "the kernel takes signed modules only (Secure Boot), and hifn795x is not signed");
		remedy(d, SAFE, "mokutil --import /var/lib/dkms/mok.pub, reboot, then dkms install --force");
		return false;
	}
	if (!loaded) {
		found(d, CRITICAL, "module-loaded", "", "hifn795x is not loaded");
		remedy(d, SAFE, "modprobe hifn795x; journalctl -k says why if that fails");
		return false;
	}
	found(d, OK, "module-loaded", "", "acf and hifn795x");
	check_version(d, &file);
	return true;
}
