import { z } from 'zod/v4';

import { isCurrency } from '../../model/money';
import { CalendarDate } from '../calendar/calendarDate';
import { parseAmount } from './amountExpression';

export const DocumentType = z.enum(['delivery', 'invoice', 'purchaseReceipt', 'return', 'adjustment']);
export type DocumentType = z.infer<typeof DocumentType>;

const name = z.string().min(1);

const AmountText = z.string().superRefine((text, context) => {
	const parsed = parseAmount(text);
	if ('problem' in parsed) context.addIssue({ code: 'custom', message: `"${text}": ${parsed.problem}` });
});

const Condition = z.object({
	/** path into the document; with `line.`, into each line */
	field: name,
	operator: z.enum([
		'is',
		'isNot',
		'contains',
		'startsWith',
		'above',
		'atLeast',
		'below',
		'atMost',
		'isEmpty',
		'isNotEmpty',
	]),
	value: z.string().default(''),
});
export type RuleCondition = z.infer<typeof Condition>;

/** A fixed value, or the path of the field that has it. */
const DimensionSource = z.union([z.object({ value: name }), z.object({ field: name })]);
export type DimensionSource = z.infer<typeof DimensionSource>;

const RuleLine = z.object({
	account: name,
	side: z.enum(['debit', 'credit']),
	/** see amountExpression.ts; a negative result goes to the other side */
	amount: AmountText,
	/** once for the document, or once for each of its lines, whose fields are then `line....` */
	per: z.enum(['document', 'line']),
	/** cost centre, profit centre, project number, source of funds ... */
	dimensions: z.record(name, DimensionSource).default({}),
});
export type RuleLine = z.infer<typeof RuleLine>;

/** What an accountant says once: which documents become which entry. */
export const VoucherRule = z
	.object({
		name,
		document: DocumentType,
		/** all of them must hold */
		conditions: z.array(Condition).default([]),
		lines: z.array(RuleLine).min(1),
		/** takes what rounding leaves between debit and credit */
		roundingAccount: name,
	})
	.superRefine(({ name: rule, conditions, lines }, context) => {
		for (const side of ['debit', 'credit'] as const)
			if (!lines.some((line) => line.side === side))
				context.addIssue({ code: 'custom', path: ['lines'], message: `rule "${rule}" has no ${side} line` });
		for (const [index, { field }] of conditions.entries())
			if (field.startsWith('line.'))
				context.addIssue({
					code: 'custom',
					path: ['conditions', index, 'field'],
					message: `a condition of rule "${rule}" concerns the document, not one of its lines`,
				});
	});
export type VoucherRule = z.infer<typeof VoucherRule>;

/** Rules in the order in which they are asked; the first that fits makes the entry. */
export const VoucherRules = z.array(VoucherRule).superRefine((rules, context) => {
	for (const [index, { name: one }] of rules.entries())
		if (rules.findIndex((other) => other.name === one) < index)
			context.addIssue({ code: 'custom', path: [index, 'name'], message: `rule "${one}" is there twice` });
});

/** A business document that is to be posted. Amounts and quantities are decimals as text; rules may read any further field. */
export const PostingDocument = z.looseObject({
	type: DocumentType,
	/** where it comes from; with `type` and `key` it is unique */
	system: name,
	key: name,
	entity: name,
	/** day in the entity's books */
	date: CalendarDate,
	currency: z.string().refine(isCurrency, 'is no currency of ISO 4217'),
	lines: z.array(z.looseObject({ line: name })).default([]),
});
export type PostingDocument = z.infer<typeof PostingDocument>;
