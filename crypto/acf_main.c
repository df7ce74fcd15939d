// SPDX-License-Identifier: GPL-2.0
/* acf: async crypto framework; load, unload and module parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fips.h>
#include <linux/module.h>

#include "acf_internal.h"
#include "acf_priority.h"

unsigned int acf_queue_len = 1024;
module_param_named(queue_len, acf_queue_len, uint, 0444);
MODULE_PARM_DESC(queue_len,
		 "requests of one class that wait for a card before callers are told to wait (1..65536, default 1024)");

/* 0: what acf_priority.h says of this architecture, which is then here. */
int acf_aes_priority;
module_param_named(aes_priority, acf_aes_priority, int, 0444);
MODULE_PARM_DESC(aes_priority, "priority of the AES algorithms (default 0: by architecture)");

int acf_des_priority;
module_param_named(des_priority, acf_des_priority, int, 0444);
MODULE_PARM_DESC(des_priority, "priority of the DES and 3DES algorithms (default 0: by architecture)");

int acf_hash_priority;
module_param_named(hash_priority, acf_hash_priority, int, 0444);
MODULE_PARM_DESC(hash_priority, "priority of MD5, SHA-1 and their HMACs (default 0: by architecture)");

/* A long wait for one packet: more than any replay window, and 3 MB of skbs. */
unsigned int acf_flow_len = 1024;
module_param_named(flow_len, acf_flow_len, uint, 0444);
MODULE_PARM_DESC(flow_len,
		 "requests of one transform whose order is kept; with more it is given up until they are done (1..65536, default 1024)");

struct workqueue_struct *acf_wq;
struct workqueue_struct *acf_register_wq;

/* A parameter of 1 to 65536. */
static bool acf_is_length(const char *name, unsigned int value)
{
	if (value >= 1 && value <= 65536)
		return true;
	pr_err("%s=%u is outside 1..65536\n", name, value);
	return false;
}

/* The kernel would panic at the first registration, with a card bound. */
static bool acf_may_register(void)
{
	if (!fips_enabled || module_sig_ok(THIS_MODULE))
		return true;
	pr_err("not loaded: with fips=1 the kernel takes algorithms from signed modules only; sign acf.ko, or boot without fips=1\n");
	return false;
}

static void acf_choose_priorities(void)
{
	const struct acf_priority here = ACF_PRIORITY_HERE;

	acf_aes_priority = acf_aes_priority ?: here.aes;
	acf_des_priority = acf_des_priority ?: here.des;
	acf_hash_priority = acf_hash_priority ?: here.hash;
}

static int __init acf_init(void)
{
	int err;

	if (!acf_may_register())
		return -EPERM;

	if (!acf_is_length("queue_len", acf_queue_len) || !acf_is_length("flow_len", acf_flow_len))
		return -EINVAL;
	acf_choose_priorities();
	err = acf_policy_init();
	if (err)
		return err;
	acf_wq = alloc_workqueue("acf", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!acf_wq)
		return -ENOMEM;
	acf_register_wq = alloc_workqueue("acf_register", WQ_UNBOUND, 0);
	err = acf_register_wq ? acf_keys_init() : -ENOMEM;
	if (err)
		goto err_wqs;
	err = acf_flows_init();
	if (err)
		goto err_keys;
	err = acf_cpu_init(acf_route_on_cpu);
	if (err)
		goto err_flows;
	err = acf_cards_init();
	if (err)
		goto err_cpu;
	acf_queue_init();
	acf_debugfs_init();
	return 0;

err_cpu:
	acf_cpu_exit();
err_flows:
	acf_flows_exit();
err_keys:
	acf_keys_exit();
err_wqs:
	if (acf_register_wq)
		destroy_workqueue(acf_register_wq);
	destroy_workqueue(acf_wq);
	return err;
}

/*
 * No engine is left: their drivers use our symbols. No transform is left either, but who
 * did the last request may not have returned: first the queue.
 */
static void __exit acf_exit(void)
{
	acf_algs_unregister();
	acf_debugfs_exit();
	acf_cards_exit();
	destroy_workqueue(acf_register_wq);
	destroy_workqueue(acf_wq);
	acf_flows_exit();
	acf_cpu_exit();
	acf_keys_exit();
}

module_init(acf_init);
module_exit(acf_exit);

/* What the CPU's twins are made of: an initramfs has to bring it along. */
MODULE_SOFTDEP("pre: crypto-aes crypto-des crypto-des3_ede crypto-ecb crypto-cbc crypto-xts crypto-md5 crypto-sha1 crypto-hmac crypto-authenc");
MODULE_LICENSE("GPL");
MODULE_VERSION(ACF_VERSION);
MODULE_DESCRIPTION("Async crypto framework for hardware engines");
