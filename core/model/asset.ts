import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { NativeFields } from './native';
import { CurrencyCode, Key, Revision, Text } from './references';

const positive = (value: string) => !value.startsWith('-') && Number(value) > 0;
const day = z.iso.date('must be a day written as YYYY-MM-DD');
const Amount = Decimal.refine((value) => !value.startsWith('-'), 'must not be negative');

/**
 * Which part of a fiscal year an asset is depreciated in when it comes or goes within one.
 * `daily`: by days in use. `monthly`: the period in which it comes into use counts in full, the one in which it is disposed of not at all.
 * `followingMonth`: the other way round, as China's accounting standard for fixed assets (CAS 4) has it. `halfYear`: half a
 * year's depreciation in the first and in the last fiscal year, whatever the day.
 */
export const Convention = z.enum(['daily', 'monthly', 'followingMonth', 'halfYear']);
export type Convention = z.infer<typeof Convention>;

const timed = {
	usefulLifeMonths: z.number().int().min(1).max(1_200),
	convention: Convention,
};

/** How an asset loses its value. Preset on the asset card. */
export const DepreciationRule = z.discriminatedUnion('method', [
	z.object({ method: z.literal('straightLine'), ...timed }),
	z.object({
		method: z.literal('decliningBalance'),
		...timed,
		/** share of the carrying amount at the year's beginning that goes in the year, such as `0.4`; with `factor`, one of the two */
		yearlyRate: Decimal.refine(
			(value) => positive(value) && Number(value) <= 1,
			'must be above 0 and at most 1',
		).optional(),
		/** multiple of the straight line's share: 2 is double declining */
		factor: Decimal.refine(positive, 'must be above 0').optional(),
		/** to the straight line over what is left of the life, as soon as that gives more */
		switchToStraightLine: z.boolean(),
	}),
	z.object({ method: z.literal('sumOfYears'), ...timed }),
	z.object({
		method: z.literal('unitsOfProduction'),
		/** what the asset produces in its life, in the unit that its meter counts */
		totalUnits: Decimal.refine(positive, 'must be above 0'),
	}),
]);
export type DepreciationRule = z.infer<typeof DepreciationRule>;
export type TimedRule = Exclude<DepreciationRule, { method: 'unitsOfProduction' }>;

/** A fixed asset as its card has it. Amounts are in one currency. */
export const Asset = z
	.object({
		key: Key,
		number: Text.optional(),
		name: Text.min(1),
		/** legal entity that owns it */
		entity: z.string().min(1).optional(),
		currency: CurrencyCode,
		cost: Amount,
		residualValue: Amount,
		/** the first day in use */
		inService: day,
		/** an asset without a rule is reported and never depreciated by a guess */
		rule: DepreciationRule.optional(),
		/** new carrying amounts, each from the first fiscal period that begins on its day or later */
		revaluations: z
			.array(z.object({ on: day, carryingAmount: Amount, reason: z.string().min(1) }))
			.default([]),
		/** the day on which it was sold or scrapped */
		disposal: z.object({ on: day, proceeds: Amount }).optional(),
		/** what its meter counted, for units of production */
		production: z.array(z.object({ on: day, units: Amount })).default([]),
		revision: Revision.optional(),
		native: NativeFields.optional(),
	})
	.superRefine((card, context) => {
		const problem = (path: PropertyKey[], message: string) =>
			context.addIssue({ code: 'custom', path, message });
		if (Number(card.residualValue) > Number(card.cost))
			problem(['residualValue'], `must not exceed the cost of ${card.cost}`);
		if (card.disposal !== undefined && card.disposal.on < card.inService)
			problem(
				['disposal', 'on'],
				`asset ${card.key} is disposed of before ${card.inService}, its first day in use`,
			);
		for (const [index, { on }] of card.revaluations.entries()) {
			if (on < card.inService)
				problem(['revaluations', index, 'on'], `must not be before ${card.inService}, the first day in use`);
			const before = card.revaluations[index - 1];
			if (before !== undefined && on <= before.on)
				problem(['revaluations', index, 'on'], `must be after ${before.on}, the one before`);
		}
		if (
			card.rule?.method === 'decliningBalance' &&
			(card.rule.yearlyRate === undefined) === (card.rule.factor === undefined)
		)
			problem(['rule', 'yearlyRate'], 'the declining balance needs either a yearly rate or a factor');
	});
export type Asset = z.infer<typeof Asset>;
