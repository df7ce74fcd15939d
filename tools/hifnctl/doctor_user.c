// SPDX-License-Identifier: BSD-2-Clause
/* Doctor: algorithms, and each volume and SA that could use a card. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "files.h"

/* ---- algorithms ---- */

static void check_pcrypt(struct doctor *d)
{
	if (!d->look.crypto.pcrypt)
		return;
	found(d, WARNING, "algorithm-pcrypt", "",
	      "pcrypt() is in /proc/crypto: any user can nest it until IPsec cannot have the algorithm (up to 6.12)");
	remedy(d, INTERRUPTS, "reboot with \"blacklist pcrypt\" in /etc/modprobe.d");
}

static bool used_by_somebody(const struct doctor *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->look.users.nr; i++)
		if (!strcmp(d->look.users.user[i].algorithm, name))
			return true;
	return false;
}

/* Of what a card serves and somebody uses: who would get it now. */
static void check_better(struct doctor *d, const struct card *card)
{
	char *copy = copy_text(card->algorithms);
	char *save = NULL;
	char *name;

	for (name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		const struct implementation *best = crypto_list_best(&d->look.crypto, name);

		if (!best || strstr(best->driver, "-acf") || !used_by_somebody(d, name))
			continue;
		found(d, WARNING, "algorithm-better", name,
		      "the kernel prefers %s (priority %llu) to the card", best->driver,
		      (unsigned long long)best->priority);
		remedy(d, SAFE, "leave it: it is taken for faster. To have the card anyway: options acf aes_priority=%llu in /etc/modprobe.d",
		       (unsigned long long)best->priority + 1);
	}
	free(copy);
}

void doctor_algorithms(struct doctor *d)
{
	size_t i;

	check_pcrypt(d);
	for (i = 0; i < d->look.cards.nr; i++)
		if (!strcmp(d->look.cards.card[i].state, "serving")) {
			check_better(d, &d->look.cards.card[i]);
			break;
		}
}

/* ---- volumes ---- */

static void volume_lacking(struct doctor *d, const struct user *user)
{
	found(d, WARNING, "volume-cipher", user->name, "no card has %s", user->algorithm);
	remedy(d, REWRITES, "cryptsetup reencrypt --cipher aes-xts-plain64 %s", user->name);
}

static void volume_early(struct doctor *d, const struct user *user)
{
	char opened[16];
	char ready[16];

	found(d, WARNING, "volume-early", user->name, "opened %s, card ready %s",
	      look_clock(user->created_ns, opened, sizeof(opened)),
	      look_clock(look_ready_ns(&d->look), ready, sizeof(ready)));
	remedy(d, INTERRUPTS, "close and open it; root volume: hifn795x-initramfs");
}

static void volume_without(struct doctor *d, const struct user *user)
{
	if (!look_has_serving_card(&d->look))
		found(d, WARNING, "volume-by-cpu", user->name, "no card serves");
	else if (!look_serves(&d->look, user->algorithm))
		volume_lacking(d, user);
	else if (user->created_ns && user->created_ns < look_ready_ns(&d->look))
		volume_early(d, user);
	else
		found(d, WARNING, "volume-by-cpu", user->name,
		      "no transform of acf's is its: see algorithm-better above");
}

static void check_share(struct doctor *d, const struct user *user, const char *id)
{
	const char *reason = look_main_reason(user->transform);
	static const char *const said[][2] = {
		{ "no_engine", "no card served then" },
		{ "shape", "lengths or lists that the card cannot do" },
		{ "full", "the queue was full, and IPsec may not wait" },
		{ "failed", "the card failed them" },
		{ "too_long", "longer than 65,520 bytes, or more of a MAC than the card has right" },
		{ "waited_for", "who asked slept until each was done" },
		{ "cheaper", "the CPU was quicker, by what was measured (policy auto)" },
		{ "policy", "acf's policy is cpu" },
	};
	size_t i;

	if (!reason || user->share >= 0.5) {
		found(d, OK, id, user->name, "%.1f %% by card (%s)%s", user->share * 100,
		      user->matched_by, user->ambiguous ? ", ambiguous" : "");
		return;
	}
	for (i = 0; i < sizeof(said) / sizeof(*said) && strcmp(said[i][0], reason); i++)
		;
	found(d, WARNING, id, user->name, "%.1f %% by card; most for %s: %s", user->share * 100,
	      reason, i < sizeof(said) / sizeof(*said) ? said[i][1] : "?");
	if (!strcmp(reason, "cheaper"))
		remedy(d, SAFE, "leave it, or to spare the CPU: echo offload >/sys/module/acf/parameters/policy");
}

static void check_volume(struct doctor *d, const struct user *user)
{
	if (!user->transform && !d->look.transforms.error)
		volume_without(d, user);
	else if (user->transform)
		check_share(d, user, "volume-by-cpu");
	if (user->sector_size == 512) {
		found(d, WARNING, "volume-sector", user->name,
		      "sectors of 512 bytes: eight times as many requests");
		remedy(d, REWRITES, "cryptsetup reencrypt --sector-size 4096 %s", user->name);
	}
	if (user->no_write_queue) {
		found(d, WARNING, "volume-write-queue", user->name,
		      "no_write_workqueue is not meant for asynchronous ciphers: writes may hang");
		remedy(d, SAFE, "cryptsetup refresh %s, without --perf-no_write_workqueue",
		       user->name);
	}
	if (!strcmp(user->iv, "eboiv") || !strcmp(user->iv, "elephant")) {
		found(d, WARNING, "volume-iv", user->name,
		      "BitLocker's %s: dm-crypt waits for one block per sector", user->iv);
		remedy(d, REWRITES, "copy the data to a LUKS volume");
	}
}

/* ---- SAs ---- */

/* What both ends have to propose to be served by a card whole. */
static void tunnel_lacking(struct doctor *d, const struct user *user)
{
	found(d, WARNING, "tunnel-cipher", user->name, "no card has %s", user->algorithm);
	remedy(d, INTERRUPTS, "at both ends, strongSwan: esp_proposals = aes128-sha1-modp2048-noesn;"
	       " libreswan: esp=aes128-sha1 and esn=no");
}

static void tunnel_without(struct doctor *d, const struct user *user)
{
	if (strstr(user->algorithm, "gcm") || strstr(user->algorithm, "ccm") ||
	    strstr(user->algorithm, "chacha")) {
		tunnel_lacking(d, user);
	} else if (!look_has_serving_card(&d->look)) {
		found(d, WARNING, "tunnel-by-cpu", user->name, "no card serves");
	} else if (!look_serves(&d->look, user->algorithm)) {
		tunnel_lacking(d, user);
	} else if (user->created_ns && user->created_ns < look_ready_ns(&d->look)) {
		found(d, WARNING, "tunnel-early", user->name, "made before the card was ready");
		remedy(d, INTERRUPTS, "swanctl --rekey, or wait for the next renewal");
	} else {
		found(d, WARNING, "tunnel-by-cpu", user->name,
		      "no transform of acf's is its: see algorithm-better above");
	}
}

static void check_tunnel(struct doctor *d, const struct user *user)
{
	if (!user->transform && !d->look.transforms.error)
		tunnel_without(d, user);
	else if (user->transform)
		check_share(d, user, "tunnel-by-cpu");
	if (user->esn) {
		found(d, WARNING, "tunnel-esn", user->name,
		      "ESN: cipher and hash are two requests a packet, and in 7.3 the hash is the CPU's");
		remedy(d, INTERRUPTS, "in swanctl.conf, at both ends: a proposal with noesn");
	}
	if (user->inbound && user->replay_window && user->replay_window < 128) {
		found(d, WARNING, "tunnel-window", user->name,
		      "a replay window of %llu: packets that several CPUs decipher may be dropped",
		      (unsigned long long)user->replay_window);
		remedy(d, INTERRUPTS, "replay_window = 1024 in swanctl.conf's child");
	}
}

/* What cannot be an attacker's or a peer's doing alone. */
static void check_xfrm_errors(struct doctor *d)
{
	static const char *const telling[] = {
		"XfrmInError", "XfrmInBufferError", "XfrmInStateProtoError", "XfrmInStateSeqError",
		"XfrmOutError", "XfrmOutStateProtoError", "XfrmOutBundleGenError",
	};
	char *text = read_file("/proc/net/xfrm_stat");
	char *rest = text;
	char *line;

	while ((line = next_line(&rest))) {
		char *name = next_word(&line);
		char *value = next_word(&line);
		uint64_t number;
		size_t i;

		if (!value || !get_number(value, &number) || !number)
			continue;
		for (i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
			if (strcmp(name, telling[i]))
				continue;
			found(d, WARNING, "tunnel-errors", name, "%llu packets dropped",
			      (unsigned long long)number);
			remedy(d, SAFE, "XfrmInStateSeqError: a larger replay window; others: hifnctl report");
		}
	}
	free(text);
}

static bool is_leaky(const char *release)
{
	unsigned int major = 0;
	unsigned int minor = 0;
	unsigned int patch = 0;

	sscanf(release, "%u.%u.%u", &major, &minor, &patch);
	return major == 6 && ((minor == 12 && patch < 118) || minor == 1);
}

static void check_interface(struct doctor *d, const struct interface *one)
{
	if (!strcmp(one->kind, "veth") && !strcmp(one->qdisc, "noqueue") &&
	    file_exists("/sys/module/esp4_offload")) {
		found(d, WARNING, "tunnel-queue", one->name,
		      "no queue, and esp4_offload is loaded: packets that a cipher keeps are lost, TCP hangs");
		remedy(d, SAFE, "tc qdisc replace dev %s root fq_codel", one->name);
	}
	if ((!strcmp(one->kind, "xfrm") || !strcmp(one->kind, "vti")) && is_leaky(d->release)) {
		found(d, WARNING, "tunnel-leak", one->name,
		      "%s of kernel %s leaks references with asynchronous ciphers: it never goes",
		      one->kind, d->release);
		remedy(d, INTERRUPTS, "a kernel of 6.12.118 or later");
	}
}

static void check_interfaces(struct doctor *d)
{
	struct interfaces all;
	size_t i;

	interfaces_read(&all);
	for (i = 0; i < all.nr; i++)
		check_interface(d, &all.interface[i]);
	free(all.interface);
}

void doctor_users(struct doctor *d)
{
	bool tunnels = false;
	size_t i;

	for (i = 0; i < d->look.users.nr; i++) {
		const struct user *user = &d->look.users.user[i];

		tunnels |= user->kind == USER_TUNNEL;
		if (d->only && strcmp(user->name, d->only) && !cards_find(&d->look.cards, d->only))
			continue;
		if (user->kind == USER_VOLUME)
			check_volume(d, user);
		else
			check_tunnel(d, user);
	}
	if (!tunnels || (d->only && users_find(&d->look.users, d->only) &&
			 users_find(&d->look.users, d->only)->kind == USER_VOLUME))
		return;
	check_xfrm_errors(d);
	check_interfaces(d);
}
