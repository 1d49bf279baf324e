import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { CalendarDate } from '../../../../core/finance/calendar/calendarDate';
import { acceptFinding } from '../../../../core/store/varianceHistory';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { ComparisonParameter, comparisonProperty, findingOf, findingProperties, today } from '../../findings';

export const description: INodeProperties[] = shownFor('finding', 'accept', [
	comparisonProperty,
	...findingProperties,
	{
		displayName: 'Accepted By',
		name: 'acceptedBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. ines.weber',
		description:
			'Who takes the difference as it is; kept in the audit trail. Take it from a form or an approval, not from free text.',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. rebate agreed by mail of 3 March',
		description: 'Why; it stands in the report and in the audit trail',
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-06-30',
		description: 'The last day on which it holds; for good when left empty',
	},
]);

const Parameters = ComparisonParameter.extend({
	acceptedBy: z.string().trim().min(1, 'must say who accepts it').max(200),
	reason: z.string().trim().min(1, 'must say why').max(500),
	until: z.preprocess(
		(value) => (value === '' || value === null ? undefined : dayOf(value)),
		CalendarDate.optional(),
	),
});

/** Takes a difference as it is: it counts for no alert until its class or its figures change. Safe to repeat. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const database = await context.database();
	return await context.forEachItem(async (index) => {
		const { comparison, acceptedBy, reason, until } = context.parameters(Parameters, index);
		const { id, fingerprint, finding, acceptance } = await findingOf(
			context,
			database,
			comparison,
			index,
			'Nothing was accepted.',
		);
		const key = finding.key.join(' / ');
		if (until !== undefined && until < today())
			throw context.invalid(
				`"${key}" cannot be accepted until ${until}: that day is over. Nothing was accepted. Choose a later day, or none.`,
				key,
			);
		const isSame =
			acceptance?.acceptedBy === acceptedBy &&
			acceptance.acceptanceReason === reason &&
			acceptance.acceptedUntil === until;
		const given = {
			acceptedBy,
			acceptedAt: isSame ? acceptance.acceptedAt : new Date().toISOString(),
			acceptanceReason: reason,
			...(until === undefined ? {} : { acceptedUntil: until }),
		};
		if (!isSame && !(await acceptFinding(database, comparison, id, { fingerprint, ...given })))
			throw context.invalid(
				`A new report of "${comparison}" came while "${key}" was being accepted. Nothing was accepted. Look at it as it is now.`,
				key,
			);
		const { class: name, atStake } = finding;
		return [
			{
				comparison,
				key: finding.key,
				class: name,
				atStake,
				state: 'accepted',
				...given,
				changed: !isSame,
			},
		];
	});
}

/** A day as an expression or a person gives it: text, or n8n's own date object. */
function dayOf(value: unknown): unknown {
	if (value instanceof Date) return value.toISOString().slice(0, 10);
	if (
		typeof value === 'object' &&
		value !== null &&
		'toISODate' in value &&
		typeof value.toISODate === 'function'
	)
		return String(value.toISODate());
	return typeof value === 'string' ? value.trim() : value;
}
