// SPDX-License-Identifier: GPL-2.0
/*
 * fail_call: while it is loaded, a function of the kernel returns an error instead of
 * doing its work, to callers in one module. For the error paths that neither a card nor
 * missing memory provokes. Never shipped.
 *
 * A kprobe goes to a function of ours in place of the traced one: same stack, other
 * result. Only where ftrace can place it, since a jump-optimized probe cannot do that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

static char *symbol = "";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "the function");

static char *caller = "";
module_param(caller, charp, 0444);
MODULE_PARM_DESC(caller, "the module whose calls fail (default: all calls)");

static long result = -EIO;
module_param(result, long, 0444);
MODULE_PARM_DESC(result, "what it returns; 0 is NULL for a function that returns a pointer");

static uint after;
module_param(after, uint, 0444);
MODULE_PARM_DESC(after, "so many calls succeed first (default 0)");

static atomic_t calls = ATOMIC_INIT(0);
static atomic_t failed = ATOMIC_INIT(0);

static int failed_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&failed));
}
module_param_call(failed, NULL, failed_get, NULL, 0444);
MODULE_PARM_DESC(failed, "calls that failed so far");

/* It gets the arguments of the traced function, and leaves them alone. */
static noinline long fail(void)
{
	atomic_inc(&failed);
	return result;
}

/* "function+offset/size [module]" of who called; only at the function's entry. */
static bool is_concerned(struct pt_regs *regs)
{
	char module[MODULE_NAME_LEN + sizeof("[]")];
	char place[KSYM_SYMBOL_LEN];

	if (!*caller)
		return true;
	snprintf(place, sizeof(place), "%pS", (void *)regs_get_kernel_stack_nth(regs, 0));
	snprintf(module, sizeof(module), "[%s]", caller);
	return strstr(place, module);
}

static int at_entry(struct kprobe *probe, struct pt_regs *regs)
{
	if (!is_concerned(regs) || atomic_inc_return(&calls) <= after)
		return 0;
	instruction_pointer_set(regs, (unsigned long)fail);
	return 1;
}

static struct kprobe probe = { .pre_handler = at_entry };

static int __init fail_call_init(void)
{
	int err;

	probe.symbol_name = symbol;
	err = register_kprobe(&probe);
	if (err) {
		pr_err("symbol=%s: cannot be traced (%d)\n", symbol, err);
		return err;
	}
	if (kprobe_ftrace(&probe))
		return 0;
	pr_err("symbol=%s: ftrace does not trace it\n", symbol);
	unregister_kprobe(&probe);
	return -EOPNOTSUPP;
}

static void __exit fail_call_exit(void)
{
	unregister_kprobe(&probe);
	/* a task may have been preempted in fail() */
	synchronize_rcu_tasks();
}

module_init(fail_call_init);
module_exit(fail_call_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes a kernel function fail, for tests");
