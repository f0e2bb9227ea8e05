/**
 * Cases of the federation audit that fail, by `suite/number` (from 0, in the audit's order), with the cause. The runner
 * fails on a case that fails and is not listed, and on a listed case that passes: the list can neither grow nor go stale
 * unseen. docs/conformance.md explains each group.
 */
export const knownFailures: Readonly<Record<string, string>> = {};
