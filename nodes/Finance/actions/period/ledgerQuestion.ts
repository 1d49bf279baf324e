import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { LedgerQuestion } from '../../../../core/finance/calendar/pushToLedger';
import type { Drift } from '../../../../core/finance/calendar/ledgerDrift';
import type { OperationContext } from '../../../shared/operationContext';
import { Entity, entityProperty, FiscalYear, fiscalYearProperty } from '../../bookFields';

/** What comparing the calendar with a ledger asks for. */
export const ledgerProperties: INodeProperties[] = [
	entityProperty,
	{
		...fiscalYearProperty,
		description: '0: the fiscal year of today, and the one before where the ledger has periods of it',
	},
	{
		displayName: 'Options',
		name: 'ledgerOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Entity in Ledger',
				name: 'entityInLedger',
				type: 'string',
				default: '',
				placeholder: 'e.g. Plant (Suzhou) Co., Ltd.',
				description:
					'How the ledger calls the legal entity, where its periods name one; empty when it uses its ID or its name',
			},
			{
				displayName: 'Soft-Closed Periods',
				name: 'softClosed',
				type: 'options',
				options: [
					{
						name: 'Are Closed in the Ledger',
						value: 'close',
						description: 'Then roles and exceptions count only where Check Posting is asked',
					},
					{
						name: 'Stay Open in the Ledger',
						value: 'leaveOpen',
						description: 'So that roles and exceptions may post; only locked periods are closed there',
					},
				],
				default: 'close',
				description: 'A ledger knows no exceptions: a period is open there, or it is not',
			},
		],
	},
];

const Parameters = z.object({
	entity: Entity,
	fiscalYear: FiscalYear,
	ledgerOptions: z.object({
		entityInLedger: z.string().trim().default(''),
		softClosed: z.enum(['close', 'leaveOpen']).default('close'),
	}),
});

export function ledgerQuestion(context: OperationContext, index: number, now: Date): LedgerQuestion {
	const { entity, fiscalYear: year, ledgerOptions } = context.parameters(Parameters, index);
	const { entityInLedger, softClosed } = ledgerOptions;
	return {
		entity,
		softClosed,
		...(entityInLedger === '' ? {} : { entityInLedger }),
		...(year === undefined ? {} : { year }),
		now,
	};
}

/** A difference as an item shows it. */
export function shownDrift({ ledgerPeriod, actions: _actions, ...drift }: Drift): object {
	return {
		...drift,
		...(ledgerPeriod === undefined
			? {}
			: { ledgerPeriod: ledgerPeriod.key, ledgerPeriodName: ledgerPeriod.name, actual: ledgerPeriod.state }),
	};
}
