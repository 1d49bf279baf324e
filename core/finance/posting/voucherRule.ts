import { z } from 'zod/v4';

import { parseAmount } from './amountExpression';
import { DocumentType } from './postingDocument';
import { DimensionSource, RuleCondition } from './ruleCondition';

const name = z.string().min(1);

const AmountText = z.string().superRefine((text, context) => {
	const parsed = parseAmount(text);
	if ('problem' in parsed) context.addIssue({ code: 'custom', message: `"${text}": ${parsed.problem}` });
});

const RuleLine = z
	.object({
		account: name,
		side: z.enum(['debit', 'credit']),
		/** see amountExpression.ts; a negative result goes to the other side */
		amount: AmountText,
		/**
		 * once for the document; once for each of its lines, whose fields are then `line....`; or once for the document and divided among
		 * its lines, such as freight among cost centres
		 */
		per: z.enum(['document', 'line', 'share']),
		/** what a `share` is divided by, for each line: `line.amount` */
		sharedBy: AmountText.optional(),
		/** names the document's customer or supplier, as receivables and payables must */
		withPartner: z.boolean().default(false),
		/** cost centre, profit centre, project number, source of funds ... */
		dimensions: z.record(name, DimensionSource).default({}),
	})
	.refine(({ per, sharedBy }) => (per === 'share') === (sharedBy !== undefined), {
		path: ['sharedBy'],
		message: 'says by what an amount is divided among the lines; a share needs it and nothing else has it',
	});
export type RuleLine = z.infer<typeof RuleLine>;

/** What an accountant says once: which documents become which entry. */
export const VoucherRule = z
	.object({
		name,
		document: DocumentType,
		/** all of them must hold */
		conditions: z.array(RuleCondition).default([]),
		/** code of the ledger's journal; the ledger's own choice where absent */
		journal: name.optional(),
		lines: z.array(RuleLine).min(1),
		/** takes what rounding leaves between debit and credit */
		roundingAccount: name,
	})
	.superRefine(({ name: rule, lines }, context) => {
		for (const side of ['debit', 'credit'] as const)
			if (!lines.some((line) => line.side === side))
				context.addIssue({ code: 'custom', path: ['lines'], message: `rule "${rule}" has no ${side} line` });
	});
export type VoucherRule = z.infer<typeof VoucherRule>;

/** Rules in the order in which they are asked; the first that fits makes the entry. */
export const VoucherRules = z.array(VoucherRule).superRefine((rules, context) => {
	for (const [index, { name: one }] of rules.entries())
		if (rules.findIndex((other) => other.name === one) < index)
			context.addIssue({ code: 'custom', path: [index, 'name'], message: `rule "${one}" is there twice` });
});
