import { z } from 'zod/v4';

import { problems } from '../../model/problems';
import { NotFoundError, ValidationError } from '../../ports/errors';
import type { Database } from '../../store/database';
import { allHolding, versionNamed } from '../../store/savedVersions';
import { DimensionRule } from '../dimensions/dimensionRule';
import { VoucherRules } from './voucherRule';

export const RuleSetName = z
	.string()
	.min(1, 'choose a rule set, or give it a name')
	.max(100)
	.refine((name) => name === name.trim(), 'must not begin or end with a space');

/**
 * What an accountant has laid down, saved under a name and in versions: how documents become entries, and which dimensions they
 * must carry. One place for both, because an entry is only right with its dimensions; saved, because several workflows share
 * it and an auditor asks by which version an entry was made.
 */
export const RuleSet = z
	.object({ vouchers: VoucherRules.default([]), dimensions: z.array(DimensionRule).default([]) })
	.refine(({ vouchers, dimensions }) => vouchers.length + dimensions.length > 0, 'it has no rule');
export type RuleSet = z.infer<typeof RuleSet>;

export function readRuleSet(name: string, definition: unknown): RuleSet {
	const parsed = RuleSet.safeParse(definition);
	if (parsed.success) return parsed.data;
	throw new ValidationError(
		`The rule set "${name}" can't be used: ${problems(parsed.error)} Correct it and save it again.`,
		{ system: 'rule set', key: name },
	);
}

/** The version of a rule set that holds now, or the one asked for. */
export async function holdingRuleSet(
	database: Database,
	name: string,
	version?: number,
): Promise<{ name: string; version: number; savedAt: number; rules: RuleSet }> {
	const saved = await versionNamed(database, 'finance_rule_sets', name, version);
	if (saved !== undefined) {
		const rules = readRuleSet(name, JSON.parse(saved.definition));
		return { name, version: saved.version, savedAt: saved.savedAt, rules };
	}
	const names = (await allHolding(database, 'finance_rule_sets')).map((one) => `"${one.name}"`);
	const others = names.length === 0 ? 'none is saved yet' : `saved are ${names.join(', ')}`;
	throw new NotFoundError(
		`There is no rule set "${name}"${version === undefined ? '' : ` in version ${version}`} in this state store; ${others}.`,
		{
			system: 'rule set',
			key: name,
			hint: 'Save it with the Finance node, Rule Set: Save, or choose the state store in which it was saved.',
		},
	);
}
