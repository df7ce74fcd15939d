// SPDX-License-Identifier: BSD-2-Clause
/* What libcrypto confirms of a hash record and of an AEAD record. */
#include <string.h>

#include "verify.h"

static bool check_mac(const struct acf_vec *v, const struct mac *m,
		      const uint8_t *mac)
{
	if (v->mac_bytes != m->bytes)
		return fail("%s: mac of %u bytes", v->name, v->mac_bytes);
	if (memcmp(mac, v->mac, m->bytes))
		return fail("%s: mac differs", v->name);
	return true;
}

bool check_hash(const struct acf_vec *v)
{
	const struct mac *m = mac_find(v->alg);
	uint8_t mac[ACF_VEC_MAX_MAC];

	if (!m)
		return fail("%s: unknown algorithm %s", v->name, v->alg);
	if (!mac_run(m, v->mackey, v->mackey_bytes, v->pt, v->data_bytes, mac))
		return fail("%s: refused by libcrypto", v->name);
	return check_mac(v, m, mac);
}

/* What an engine may ask of a packet, and the place of the IV in it. */
static bool check_shape(const struct acf_vec *v, const struct cipher *c)
{
	if (v->iv_bytes != c->block)
		return fail("%s: iv of %u bytes", v->name, v->iv_bytes);
	if (v->aad_bytes < 8 || v->aad_bytes % 4)
		return fail("%s: aad of %u bytes", v->name, v->aad_bytes);
	if (v->aad_bytes == 8 + v->iv_bytes &&
	    memcmp(v->aad + 8, v->iv, v->iv_bytes))
		return fail("%s: aad does not end with the iv", v->name);
	if (v->data_bytes % c->block)
		return fail("%s: partial block", v->name);
	return true;
}

bool check_aead(const struct acf_vec *v)
{
	const struct authenc *a = authenc_find(v->alg);
	uint8_t mac[ACF_VEC_MAX_MAC];
	const struct cipher *c;
	const struct mac *m;

	if (!a)
		return fail("%s: unknown algorithm %s", v->name, v->alg);
	c = cipher_find(a->cipher);
	m = mac_find(a->mac);
	if (!check_shape(v, c) || (c->block == 8 && !check_des_key(v)) ||
	    !check_directions(c, v))
		return false;
	if (!mac_of_aead(m, v, mac))
		return fail("%s: refused by libcrypto", v->name);
	return check_mac(v, m, mac);
}
